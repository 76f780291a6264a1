import { Socket } from 'node:net';
import type { Clock } from '../ports/clock.js';
import type { CodeMessage, CodeMessenger, MessengerFault, SendOutcome } from '../ports/messenger.js';
import { isMailAddress } from './code-destination.js';
import { mailText, oneLine } from './code-text.js';
import { isLoopbackHost } from './loopback.js';

export interface SmtpAccount {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte, as port 465 has it; otherwise the connection begins plain and changes by STARTTLS. */
  readonly implicitTls?: boolean;
  /** Sender address. */
  readonly from: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** PEM of the authority that signed the server's certificate; otherwise those of Node. */
  readonly ca?: string | undefined;
  /** Mail without TLS; taken for a server on this machine only. */
  readonly allowPlain?: boolean | undefined;
}

export interface EmailParts {
  readonly clock: Pick<Clock, 'now' | 'after'>;
  /** Longest that one mail may take with everything, ms. */
  readonly limitMs?: number;
}

/** Half a second below the 10 s that a messenger may take. */
const LIMIT_MS = 9500;

type Transport = ReturnType<typeof import('nodemailer')['createTransport']>;

/** Codes by mail. TLS with a verified certificate or nothing; never throws. */
export class EmailMessenger implements CodeMessenger {
  readonly kind = 'carrier';
  readonly #account: SmtpAccount;
  readonly #clock: EmailParts['clock'];
  readonly #limitMs: number;

  constructor(account: SmtpAccount, { clock, limitMs }: EmailParts) {
    this.#account = account;
    this.#clock = clock;
    this.#limitMs = limitMs ?? LIMIT_MS;
  }

  async send(to: string, message: CodeMessage): Promise<SendOutcome> {
    if (!isMailAddress(to)) return fault('destination_refused', 'malformed');
    const mail = {
      from: { name: oneLine(message.from), address: this.#account.from },
      to: { name: '', address: to },
      ...mailText(message),
      date: new Date(this.#clock.now()),
      // RFC 3834: an absence note must not answer.
      headers: { 'Auto-Submitted': 'auto-generated' },
      disableFileAccess: true,
      disableUrlAccess: true,
    };
    return this.#within((transport) => transport.sendMail(mail));
  }

  /** Connects, secures and signs in, and sends no mail. */
  async probe(): Promise<SendOutcome> {
    return this.#within((transport) => transport.verify());
  }

  async #within(work: (transport: Transport) => Promise<unknown>): Promise<SendOutcome> {
    const socket = new Socket();
    let cancel = (): void => {};
    const late = new Promise<SendOutcome>((resolve) => {
      cancel = this.#clock.after(this.#limitMs, () => resolve(fault('unreachable', 'timeout')));
    });
    const outcome = await Promise.race([this.#attempt(work, socket), late]);
    cancel();
    // The mail package has no limit over a whole delivery; without its socket it ends.
    if (outcome.kind === 'fault') socket.destroy();
    return outcome;
  }

  async #attempt(work: (transport: Transport) => Promise<unknown>, socket: Socket): Promise<SendOutcome> {
    try {
      const { createTransport } = await import('nodemailer');
      await work(createTransport({ ...this.#options(), socket }));
      return { kind: 'sent' };
    } catch (thrown) {
      return mailFault(thrown);
    }
  }

  #options() {
    const { host, port, username, password, ca } = this.#account;
    const plain = this.#account.allowPlain === true && isLoopbackHost(host);
    const secure = this.#account.implicitTls === true;
    return {
      host,
      port,
      secure,
      ...(secure ? {} : plain ? { ignoreTLS: true } : { requireTLS: true }),
      tls: { minVersion: 'TLSv1.2' as const, rejectUnauthorized: true, ...(ca !== undefined && { ca }) },
      ...(username !== undefined && { auth: { user: username, pass: password ?? '' } }),
      connectionTimeout: LIMIT_MS,
      greetingTimeout: LIMIT_MS,
      socketTimeout: LIMIT_MS,
    };
  }
}

/** What the mail package threw, reduced to its error class and the reply code; texts of the server quote addresses. */
export function mailFault(thrown: unknown): SendOutcome {
  const { code, originalCode, command, responseCode } = (
    typeof thrown === 'object' && thrown !== null ? thrown : {}
  ) as Readonly<Record<string, unknown>>;
  const name = className(code) ?? 'bad_answer';
  const reply =
    typeof responseCode === 'number' && responseCode >= 200 && responseCode <= 599 ? responseCode : undefined;
  const system = className(originalCode);
  const detail = [name, reply ?? system].filter((part) => part !== undefined).join(' ');
  // A certificate that is not accepted waits for an administrator, not for a better network.
  const certificate = name === 'ESOCKET' && system !== undefined && /CERT|SIGNATURE|ALTNAME/.test(system);
  return fault(certificate ? 'not_configured' : kindOf(name, command, reply), detail);
}

function className(code: unknown): string | undefined {
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,50}$/.test(code) ? code : undefined;
}

function kindOf(name: string, command: unknown, reply: number | undefined): MessengerFault {
  if (reply === 421) return 'unreachable';
  if (name === 'EAUTH' || name === 'ENOAUTH')
    return reply !== undefined && reply < 500 ? 'unreachable' : 'not_configured';
  if (name === 'ETLS') return 'not_configured';
  if (name === 'EENVELOPE') return envelopeFault(command, reply);
  if (name === 'EMESSAGE') return reply !== undefined && reply < 500 ? 'unreachable' : 'refused';
  return 'unreachable';
}

/** 4xx: the server asks to come again later (grey list, full); the sender is ours, the recipient the person's. */
function envelopeFault(command: unknown, reply: number | undefined): MessengerFault {
  if (reply !== undefined && reply < 500) return reply === 452 ? 'rate_limited' : 'unreachable';
  return command === 'RCPT TO' || reply === undefined ? 'destination_refused' : 'not_configured';
}

function fault(kind: MessengerFault, detail: string): SendOutcome {
  return { kind: 'fault', fault: kind, detail };
}
