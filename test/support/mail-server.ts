import { createServer, type Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import type { Certificate } from './certificates.js';

export interface MailServerOptions {
  /** Certificate for STARTTLS; without it no TLS is offered. */
  readonly certificate?: Certificate;
  /** TLS from the first byte. */
  readonly implicitTls?: boolean;
  /** Sign-in that is asked for; without it nobody signs in. */
  readonly account?: { readonly user: string; readonly password: string };
}

export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body as sent. */
  readonly source: string;
  readonly secure: boolean;
}

/** A mail server on the loopback address that keeps what it takes. */
export class MailServer {
  readonly mails: Mail[] = [];
  /** Recipients that are refused with this reply. */
  readonly refused = new Map<string, number>();
  /** Reply to MAIL FROM and to the end of the message, when they are to be refused. */
  senderReply: number | undefined;
  messageReply: number | undefined;
  readonly #options: MailServerOptions;
  #server: SMTPServer | undefined;
  #port = 0;

  constructor(options: MailServerOptions = {}) {
    this.#options = options;
  }

  get port(): number {
    return this.#port;
  }

  /** Listens; at the same port again after a stop. */
  async start(): Promise<void> {
    const server = new SMTPServer(this.#serverOptions());
    server.on('error', () => {});
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', () => resolve()));
    const address = server.server.address();
    this.#port = typeof address === 'object' && address !== null ? address.port : 0;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** Text of the mails to one recipient, decoded. */
  texts(to: string): string[] {
    return this.mails.filter((mail) => mail.to.includes(to)).map(({ source }) => bodyOf(source));
  }

  #serverOptions(): SMTPServerOptions {
    const { certificate, implicitTls, account } = this.#options;
    return {
      logger: false,
      closeTimeout: 100,
      secure: implicitTls === true,
      ...(certificate !== undefined && { key: certificate.key, cert: certificate.cert }),
      allowInsecureAuth: certificate === undefined,
      authOptional: account === undefined,
      disabledCommands: [
        ...(account === undefined ? ['AUTH'] : []),
        ...(certificate === undefined ? ['STARTTLS'] : []),
      ],
      onAuth: (auth, _session, done) => {
        if (auth.username === account?.user && auth.password === account?.password) done(null, { user: 'kiosk' });
        else done(reply(535, `Wrong password for ${auth.username}`));
      },
      onMailFrom: ({ address }, _session, done) => {
        done(this.senderReply === undefined ? null : reply(this.senderReply, `Sender ${address} refused`));
      },
      onRcptTo: ({ address }, _session, done) => {
        const code = this.refused.get(address);
        done(code === undefined ? null : reply(code, `Recipient ${address} refused`));
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const source = Buffer.concat(chunks).toString('utf8');
          if (this.messageReply !== undefined) return done(reply(this.messageReply, `Refused: ${bodyOf(source)}`));
          const { mailFrom, rcptTo } = session.envelope;
          this.mails.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            source,
            secure: session.secure,
          });
          done();
        });
      },
    };
  }
}

function reply(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** The text of a mail of one part. */
export function bodyOf(source: string): string {
  const at = source.indexOf('\r\n\r\n');
  const headers = source.slice(0, at);
  const body = source.slice(at + 4);
  if (/^content-transfer-encoding: base64/im.test(headers)) return Buffer.from(body, 'base64').toString('utf8');
  if (!/^content-transfer-encoding: quoted-printable/im.test(headers)) return body;
  const bytes = body
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** A server that accepts connections and then does only what `speak` does. */
export async function oddServer(speak: (socket: Socket) => void): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    speak(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
