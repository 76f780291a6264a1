import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { VerifyRules } from './verify-rules.js';

/** How the double breaks its answers. */
export type TwilioBreak =
  /** Reads the request and never answers. */
  | 'hang'
  /** Accepts connections and never reads. */
  | 'half_open'
  | 'reset'
  /** Headers and half of the body, then the end of the connection. */
  | 'cut'
  | 'too_many'
  | 'server_error'
  /** 200 with text that is no JSON and looks like an approval. */
  | 'bad_json'
  /** 200 with JSON of another shape. */
  | 'other_json'
  /** 200, then one byte of a true approval at a time. */
  | 'trickle'
  /** 500 with the body of an approval. */
  | 'approval_with_500'
  /** 200 with a body of several megabytes. */
  | 'flood'
  /** A login page, as a network with a captive portal sends. */
  | 'redirect';

export interface TwilioDoubleOptions {
  readonly mono?: () => number;
  readonly accountSid?: string;
  readonly authToken?: string;
  readonly serviceSid?: string;
  readonly from?: string;
}

export const ACCOUNT_SID = `AC${'0123456789abcdef'.repeat(2)}`;
export const AUTH_TOKEN = 'tokencanary4f1c9d';
export const SERVICE_SID = `VA${'fedcba9876543210'.repeat(2)}`;
export const SENDER = '+15005550006';

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A request as it arrived; the Authorization header is left out. */
export interface TwilioRequest {
  readonly method: string;
  readonly path: string;
  readonly form: Readonly<Record<string, string>>;
}

/**
 * Twilio on the loopback address: Verify v2 with its rules and the Messages API, both behind Basic authentication.
 * Keeps state, so that five sends, five checks, ten minutes and the 404 after an approval are as at the provider.
 */
export class TwilioDouble {
  readonly requests: TwilioRequest[] = [];
  readonly messages: { readonly to: string; readonly from: string; readonly body: string }[] = [];
  /** Numbers that no SMS reaches. */
  readonly landlines = new Set<string>();
  /** Numbers that answer with this code and status. */
  readonly refusals = new Map<string, readonly [status: number, code: number]>();
  readonly rules: VerifyRules;
  readonly #options: Required<TwilioDoubleOptions>;
  readonly #sockets = new Set<Socket>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #http = createHttpServer((request, response) => void this.#serve(request, response));
  #server: Server | undefined;
  #port = 0;
  /** While set, every answer is broken so. */
  broken: TwilioBreak | undefined;
  /** Connections that were made. */
  connections = 0;

  constructor(options: TwilioDoubleOptions = {}) {
    this.#options = {
      mono: () => performance.now(),
      accountSid: ACCOUNT_SID,
      authToken: AUTH_TOKEN,
      serviceSid: SERVICE_SID,
      from: SENDER,
      ...options,
    };
    this.rules = new VerifyRules(this.#options.mono);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get openConnections(): number {
    return this.#sockets.size;
  }

  /** Listens; at the same port again after a stop. */
  async start(): Promise<void> {
    const server = createServer({ pauseOnConnect: true }, (socket) => {
      this.connections += 1;
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => this.#sockets.delete(socket));
      if (this.broken === 'half_open') return;
      this.#http.emit('connection', socket);
      socket.resume();
    });
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    const address = server.address();
    this.#port = typeof address === 'object' && address !== null ? address.port : 0;
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    for (const socket of this.#sockets) socket.destroy();
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** Half-open connections are read again, so that the double notices those that are gone. */
  readOn(): void {
    for (const socket of this.#sockets) socket.resume();
  }

  /** Code of the message that this destination got last and may still use. */
  codeOf(to: string): string | undefined {
    return this.rules.codeOf(to);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
    const path = new URL(request.url ?? '/', 'http://double').pathname;
    this.requests.push({ method: request.method ?? '', path, form });
    if (this.broken !== undefined) return this.#breakAnswer(this.broken, request, response);
    const { status, body } = this.#answer(request, path, form);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  #answer(request: IncomingMessage, path: string, form: TwilioRequest['form']): Answer {
    const { accountSid, authToken, serviceSid } = this.#options;
    const expected = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
    if (request.headers.authorization !== expected) return refusal(401, 20003, 'Authenticate');
    const service = `/v2/Services/${serviceSid}`;
    const account = `/2010-04-01/Accounts/${accountSid}`;
    const route = `${request.method} ${path}`;
    if (route === `GET ${service}`) return { status: 200, body: { sid: serviceSid, friendly_name: 'Double' } };
    if (route === `GET ${account}.json`) return { status: 200, body: { sid: accountSid, status: 'active' } };
    if (route === `POST ${service}/Verifications`) return this.#startVerification(form);
    if (route === `POST ${service}/VerificationCheck`) return this.#checkVerification(form);
    if (route === `POST ${account}/Messages.json`) return this.#takeMessage(form);
    return refusal(404, 20404, `The requested resource ${path} was not found`);
  }

  #startVerification({ To: to, Channel: channel = '' }: TwilioRequest['form']): Answer {
    if (to === undefined) return refusal(400, 60200, 'Missing required parameter To in the post body');
    if (!['sms', 'call', 'whatsapp', 'email'].includes(channel))
      return refusal(400, 60200, `Invalid parameter \`Channel\`: ${channel}`);
    if (!(channel === 'email' ? /^\S+@\S+$/ : /^\+[1-9]\d{6,14}$/).test(to))
      return refusal(400, 60200, `Invalid parameter \`To\`: ${to}`);
    const refused = this.refusals.get(to);
    if (refused !== undefined) return refusal(...refused, `Refused ${to}`);
    if (channel === 'sms' && this.landlines.has(to))
      return refusal(400, 60205, `SMS is not supported by landline phone number ${to}`);
    const status = this.rules.start(to);
    if (status !== 'pending') return refusal(429, status, `Max attempts reached for ${to}`);
    const body = {
      sid: `VE${'0'.repeat(32)}`,
      service_sid: this.#options.serviceSid,
      to,
      channel,
      status,
      valid: false,
    };
    return { status: 201, body };
  }

  #checkVerification({ To: to, Code: code }: TwilioRequest['form']): Answer {
    if (to === undefined || code === undefined) return refusal(400, 60200, 'Missing required parameter');
    const status = this.rules.check(to, code);
    if (status === 20404) return refusal(404, 20404, `The requested resource for ${to} and ${code} was not found`);
    if (status === 60202) return refusal(429, 60202, `Max check attempts reached for ${to}`);
    return { status: 200, body: { to, status, valid: status === 'approved' } };
  }

  #takeMessage(form: TwilioRequest['form']): Answer {
    const { To: to = '', Body: body = '' } = form;
    const from = form.From ?? form.MessagingServiceSid ?? '';
    if (!/^\+[1-9]\d{6,14}$/.test(to)) return refusal(400, 21211, `The 'To' number ${to} is not a valid phone number`);
    if (from !== this.#options.from) return refusal(400, 21606, `The 'From' number ${from} is not yours`);
    if (body === '') return refusal(400, 21602, 'Message body is required');
    const refused = this.refusals.get(to);
    if (refused !== undefined) return refusal(...refused, `Refused ${to}`);
    if (this.landlines.has(to)) return refusal(400, 21614, `'To' number ${to} is not a valid mobile number`);
    this.messages.push({ to, from, body });
    return { status: 201, body: { sid: `SM${'0'.repeat(32)}`, status: 'queued', to, from, body, error_code: null } };
  }

  #breakAnswer(kind: TwilioBreak, request: IncomingMessage, response: ServerResponse): void {
    const json = { 'content-type': 'application/json' };
    const approval = JSON.stringify({ status: 'approved', valid: true, sid: 'VE', to: 'x' });
    switch (kind) {
      case 'hang':
      case 'half_open':
        return;
      case 'reset':
        return void request.socket.resetAndDestroy();
      case 'cut':
        response.writeHead(200, { ...json, 'content-length': String(approval.length + 100) });
        return void response.write(approval, () => request.socket.end());
      case 'too_many': {
        const body = JSON.stringify(refusal(429, 20429, 'Too many requests').body);
        return void response.writeHead(429, { ...json, 'retry-after': '7' }).end(body);
      }
      case 'server_error':
        return void response.writeHead(500, { 'content-type': 'text/html' }).end('<h1>Internal error</h1>');
      case 'bad_json':
        return void response.writeHead(200, json).end('{"status":"approved","valid":tr');
      case 'other_json':
        return void response.writeHead(200, json).end('["approved"]');
      case 'approval_with_500':
        return void response.writeHead(500, json).end(approval);
      case 'flood':
        return void response.writeHead(200, json).end(`{"status":"approved","x":"${'x'.repeat(4_000_000)}"}`);
      case 'redirect':
        return void response.writeHead(302, { location: `${this.url}/portal` }).end(approval);
      case 'trickle':
        this.#trickle(approval, response);
    }
  }

  #trickle(text: string, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'application/json' });
    let at = 0;
    response.write(text[at++]);
    const timer = setInterval(() => {
      if (at < text.length && !response.destroyed) return void response.write(text[at++]);
      clearInterval(timer);
      this.#timers.delete(timer);
      response.end();
    }, 1000);
    this.#timers.add(timer);
  }
}

function refusal(status: number, code: number, message: string): Answer {
  return { status, body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status } };
}
