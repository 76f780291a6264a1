import type { OutgoingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { totpCode, totpStep } from '../../auth/factors/totp.js';
import { VestibuleError } from '../../domain/errors.js';
import type { AttemptAnswer } from '../../http/contract-login.js';
import type { BenchPerson } from './login-people.js';

/** An answer of the kiosk as it came. */
export interface Answered {
  readonly status: number;
  readonly retryAfterSeconds: number;
  readonly text: string;
}

/** Where the kiosk is and how it is known. */
export interface LoginTarget {
  readonly url: string;
  /** Certificate of the kiosk, PEM. */
  readonly ca: string;
}

/** A client came to the end of the time while it was told to wait. */
export class TimeIsUp extends Error {}

/**
 * A program on the network that signs people in over the listener for other browsers. One connection, kept alive; it
 * waits as long as the kiosk says when it is refused with 429.
 */
export class LoginClient {
  /** Answers 429. */
  refused = 0;
  readonly #url: string;
  readonly #agent: Agent;
  readonly #endsAt: number;

  /**
   * @param options address: own address on this machine's loopback, so that each client is another one to the kiosk;
   *   endsAt: `performance.now()` after which nothing is begun or waited for
   */
  constructor(target: LoginTarget, options: { readonly address: string; readonly endsAt?: number }) {
    this.#url = target.url;
    this.#endsAt = options.endsAt ?? Number.POSITIVE_INFINITY;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 1, ca: target.ca, localAddress: options.address });
  }

  close(): void {
    this.#agent.destroy();
  }

  /**
   * A whole login with password and code, from the first request to the tokens; then signs out.
   * @returns ms of the login, waiting included
   * @throws TimeIsUp
   */
  async login({ userName, secret }: BenchPerson, password: string): Promise<number> {
    const before = performance.now();
    const { id } = (await this.#step('', { purpose: 'login', client: 'api' }, 201)).attempt;
    await this.#step(`/${id}/identity`, { userName });
    await this.#step(`/${id}/factors`, { kind: 'password', password });
    const code = totpCode(secret, totpStep(Date.now()));
    const { attempt, tokens } = await this.#step(`/${id}/factors`, { kind: 'otp', code });
    const ms = performance.now() - before;
    if (attempt.phase !== 'granted' || tokens === undefined)
      throw new VestibuleError('input_invalid', `A login was not granted: ${JSON.stringify(attempt.message)}`);
    await this.#end('/api/v1/session', tokens.accessToken);
    return ms;
  }

  /**
   * A user name with a wrong password; then cancels.
   * @returns ms from naming oneself to the verdict, and both answers
   */
  async wrongPassword(userName: string, password: string): Promise<{ ms: number; answers: readonly Answered[] }> {
    const { id } = (await this.#step('', { purpose: 'login', client: 'api' }, 201)).attempt;
    const path = `/api/v1/attempts/${id}`;
    const before = performance.now();
    const named = await this.#ask('POST', `${path}/identity`, { userName });
    const judged = await this.#ask('POST', `${path}/factors`, { kind: 'password', password });
    const ms = performance.now() - before;
    await this.#end(path);
    return { ms, answers: [named, judged] };
  }

  /** Ends an attempt or a session; one that stays open would take the place of the next. */
  async #end(path: string, bearer?: string): Promise<void> {
    const { status, text } = await this.#ask('DELETE', path, undefined, bearer);
    if (status !== 204) throw new VestibuleError('input_invalid', `The kiosk answered DELETE with ${status}: ${text}`);
  }

  async #step(path: string, body: object, status = 200): Promise<AttemptAnswer> {
    const answer = await this.#patient('POST', `/api/v1/attempts${path}`, body);
    if (answer.status !== status)
      throw new VestibuleError('input_invalid', `The kiosk answered a login with ${answer.status}: ${answer.text}`);
    return JSON.parse(answer.text) as AttemptAnswer;
  }

  async #patient(method: string, path: string, body: object): Promise<Answered> {
    for (;;) {
      if (performance.now() >= this.#endsAt) throw new TimeIsUp();
      const answer = await this.#ask(method, path, body);
      if (answer.status !== 429) return answer;
      this.refused += 1;
      const restMs = this.#endsAt - performance.now();
      await sleep(Math.max(0, Math.min(restMs, answer.retryAfterSeconds * 1000)));
    }
  }

  /** A kept connection that the kiosk has just closed is no answer: the request goes out again over a new one. */
  async #ask(method: string, path: string, body?: object, bearer?: string): Promise<Answered> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      origin: this.#url,
      ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    };
    const sent = await this.#send(method, path, headers, text);
    return (
      sent ?? (await this.#send(method, path, headers, text)) ?? Promise.reject(new Error('connection lost twice'))
    );
  }

  /** Undefined: the kept connection was closed before an answer came. */
  #send(method: string, path: string, headers: OutgoingHttpHeaders, text?: string): Promise<Answered | undefined> {
    return new Promise((resolve, reject) => {
      const options = { method, agent: this.#agent, headers };
      const sent = request(`${this.#url}${path}`, options, (answer) => {
        let got = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          got += chunk;
        });
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            retryAfterSeconds: Number(answer.headers['retry-after'] ?? 1),
            text: got,
          }),
        );
      });
      sent.on('error', (fault: NodeJS.ErrnoException) => {
        if (sent.reusedSocket && fault.code === 'ECONNRESET') resolve(undefined);
        else reject(new Error(`${method} ${path.replace(/[\w-]{20,}/, ':id')}: ${fault.message}`));
      });
      sent.end(text);
    });
  }
}
