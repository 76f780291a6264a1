import type { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SystemClock } from '../../src/adapters/clock-system.js';
import { EmailMessenger, mailFault, type SmtpAccount } from '../../src/adapters/messenger-email.js';
import { carrierContract, expectNoSecret, MESSAGE } from '../contracts/messenger.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { type Authority, type Certificate, makeAuthority } from '../support/certificates.js';
import { MailServer, type MailServerOptions, oddServer } from '../support/mail-server.js';
import { eventually } from '../support/real-time.js';

const TO = 'ada.canary@example.org';
const PASSWORD = 'mailcanary-5521';
const SECRETS = [PASSWORD, Buffer.from(PASSWORD).toString('base64'), TO, 'ada.canary', MESSAGE.code, 'kiosk-login'];
const ACCOUNT = { user: 'kiosk-login', password: PASSWORD };
const realClock = new SystemClock();

let authority: Authority;
let certificate: Certificate;
let started: MailServer[] = [];

beforeAll(() => {
  authority = makeAuthority('Mail test');
  certificate = authority.issue('localhost', 'DNS:localhost,IP:127.0.0.1');
});
afterAll(() => authority.remove());
afterEach(async () => {
  for (const server of started) await server.stop();
  started = [];
});

async function serving(options: MailServerOptions): Promise<MailServer> {
  const server = new MailServer(options);
  await server.start();
  started.push(server);
  return server;
}

function messenger(port: number, more: Partial<SmtpAccount> = {}, clock: SystemClock | FakeClock = realClock) {
  const account = { host: 'localhost', port, from: 'kiosk@example.org', ca: authority.ca, ...more };
  return new EmailMessenger(account, { clock });
}
const login = { username: ACCOUNT.user, password: ACCOUNT.password };

carrierContract('EmailMessenger over STARTTLS', async () => {
  const server = await serving({ certificate, account: ACCOUNT });
  server.refused.set('nobody@example.org', 550);
  return {
    messenger: messenger(server.port, login),
    to: TO,
    badTo: 'nobody@example.org',
    received: () => server.texts(TO),
    goDown: () => server.stop(),
    comeBack: () => server.start(),
    close: () => server.stop(),
  };
});

describe('mail', () => {
  it('goes over TLS, says for what, how long and what to do, and keeps the code out of the subject', async () => {
    const server = await serving({ certificate, account: ACCOUNT });
    for (const [language, word] of [
      ['en', 'tell an administrator'],
      ['de', 'Verwaltung'],
      ['fr', 'administrateur'],
    ] as const) {
      const from = 'Zürich · Empfang';
      await messenger(server.port, login).send(TO, { ...MESSAGE, from, language });
      const mail = server.mails.at(-1)!;
      expect(mail.secure).toBe(true);
      expect(mail.from).toBe('kiosk@example.org');
      const text = server.texts(TO).at(-1)!;
      for (const part of [MESSAGE.code, from, '5 ', word]) expect(text).toContain(part);
      const headers = mail.source.slice(0, mail.source.indexOf('\r\n\r\n'));
      expect(headers).toMatch(/^auto-submitted: auto-generated/im);
      expect(headers).toMatch(/^subject: /im);
      expect(headers).not.toContain(MESSAGE.code);
    }
  });

  it('speaks TLS from the first byte where the server wants it', async () => {
    const server = await serving({ certificate, implicitTls: true });
    expect(await messenger(server.port, { implicitTls: true }).send(TO, MESSAGE)).toEqual({ kind: 'sent' });
    expect(server.mails.at(-1)?.secure).toBe(true);
    const untrusted = messenger(server.port, { implicitTls: true, ca: undefined });
    expect(await untrusted.send(TO, MESSAGE)).toMatchObject({ fault: 'not_configured' });
    expect(server.mails).toHaveLength(1);
  });

  it('is not sent to a server with a certificate that no authority known here has signed', async () => {
    const server = await serving({ certificate, account: ACCOUNT });
    const outcome = await messenger(server.port, { ...login, ca: undefined }).send(TO, MESSAGE);
    expect(outcome).toMatchObject({ kind: 'fault', fault: 'not_configured' });
    expect(server.mails).toEqual([]);
    expectNoSecret(outcome, SECRETS);
  });

  it('is not sent to a server with a certificate for another name or address', async () => {
    const server = await serving({ certificate: authority.issue('elsewhere', 'DNS:elsewhere,IP:127.0.0.9') });
    for (const host of ['localhost', '127.0.0.1']) {
      expect(await messenger(server.port, { host }).send(TO, MESSAGE)).toEqual({
        kind: 'fault',
        fault: 'not_configured',
        detail: 'ESOCKET ERR_TLS_CERT_ALTNAME_INVALID',
      });
    }
    expect(server.mails).toEqual([]);
  });

  it('goes to a server named by its address when its certificate names that', async () => {
    const server = await serving({ certificate });
    expect(await messenger(server.port, { host: '127.0.0.1' }).send(TO, MESSAGE)).toEqual({ kind: 'sent' });
  });

  it('is not sent with an expired certificate', async () => {
    const server = await serving({ certificate: authority.issue('localhost', 'DNS:localhost', -1) });
    expect(await messenger(server.port).send(TO, MESSAGE)).toEqual({
      kind: 'fault',
      fault: 'not_configured',
      detail: 'ESOCKET CERT_HAS_EXPIRED',
    });
    expect(server.mails).toEqual([]);
  });

  it('is not sent, and nobody signs in, where no TLS is offered', async () => {
    const server = await serving({ account: ACCOUNT });
    const outcome = await messenger(server.port, login).send(TO, MESSAGE);
    expect(outcome).toMatchObject({ kind: 'fault', fault: 'not_configured', detail: expect.stringMatching(/^ETLS/) });
    expect(server.mails).toEqual([]);
    expectNoSecret(outcome, SECRETS);
  });

  it('goes without TLS to a server on this machine when that is allowed, never to another one', async () => {
    const server = await serving({});
    expect(await messenger(server.port, { allowPlain: true }).send(TO, MESSAGE)).toEqual({ kind: 'sent' });
    expect(server.mails.at(-1)?.secure).toBe(false);
    expect(await messenger(server.port, { allowPlain: true, host: '0.0.0.0' }).send(TO, MESSAGE)).toMatchObject({
      kind: 'fault',
      fault: 'not_configured',
    });
    expect(server.mails).toHaveLength(1);
  });

  it('says "not_configured" for a refused sign-in', async () => {
    const server = await serving({ certificate, account: ACCOUNT });
    const outcome = await messenger(server.port, { username: 'kiosk-login', password: 'wrong' }).send(TO, MESSAGE);
    expect(outcome).toEqual({ kind: 'fault', fault: 'not_configured', detail: 'EAUTH 535' });
    expectNoSecret(outcome, SECRETS);
  });

  it.each([
    [550, 'destination_refused'],
    [553, 'destination_refused'],
    [450, 'unreachable'],
    [452, 'rate_limited'],
  ])('maps a recipient refused with %i to %s', async (reply, fault) => {
    const server = await serving({ certificate });
    server.refused.set(TO, reply);
    const outcome = await messenger(server.port).send(TO, MESSAGE);
    expect(outcome).toEqual({ kind: 'fault', fault, detail: `EENVELOPE ${reply}` });
    expectNoSecret(outcome, SECRETS);
  });

  it('says "not_configured" for a refused sender and "refused" for a refused text', async () => {
    const server = await serving({ certificate });
    server.senderReply = 550;
    expect(await messenger(server.port).send(TO, MESSAGE)).toMatchObject({ fault: 'not_configured' });
    server.senderReply = undefined;
    server.messageReply = 554;
    const outcome = await messenger(server.port).send(TO, MESSAGE);
    expect(outcome).toMatchObject({ fault: 'refused', detail: 'EMESSAGE 554' });
    expectNoSecret(outcome, SECRETS);
  });

  it.each<[string, (socket: Socket) => void]>([
    ['says nothing', () => {}],
    ['greets one byte at a time', (socket) => drip(socket, '220 slow.example ESMTP ready when it is ready\r\n')],
    [
      'hangs after the greeting',
      (socket) => {
        socket.write('220 odd.example ESMTP\r\n');
        socket.resume();
      },
    ],
    [
      'hangs in the TLS handshake',
      (socket) => {
        socket.write('220 odd.example ESMTP\r\n');
        socket.on('data', (chunk) => {
          if (/^EHLO/i.test(String(chunk))) socket.write('250-odd.example\r\n250 STARTTLS\r\n');
          if (/^STARTTLS/i.test(String(chunk))) socket.write('220 go ahead\r\n');
        });
      },
    ],
  ])('gives up after 9.5 s on a server that %s, and closes the connection', async (_, speak) => {
    let open = 0;
    const server = await oddServer((socket) => {
      open += 1;
      socket.once('close', () => {
        open -= 1;
      });
      speak(socket);
      socket.resume();
    });
    const clock = new FakeClock();
    let outcome: unknown;
    const sending = messenger(server.port, {}, clock)
      .send(TO, MESSAGE)
      .then((one) => {
        outcome = one;
      });
    await eventually('the connection', () => open === 1);
    clock.advance(9499);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(outcome).toBeUndefined();
    clock.advance(1);
    await sending;
    expect(outcome).toEqual({ kind: 'fault', fault: 'unreachable', detail: 'timeout' });
    await eventually('the end of the connection', () => open === 0);
    await server.close();
  });

  it.each<[string, (socket: Socket) => void]>([
    ['resets the connection', (socket) => socket.resetAndDestroy()],
    ['answers nonsense', (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['closes at once', (socket) => socket.end()],
    ['is shutting down', (socket) => socket.end('421 shutting down\r\n')],
  ])('says "unreachable" for a server that %s', async (_, speak) => {
    const server = await oddServer(speak);
    const outcome = await messenger(server.port).send(TO, MESSAGE);
    expect(outcome).toMatchObject({ kind: 'fault', fault: 'unreachable' });
    expectNoSecret(outcome, SECRETS);
    await server.close();
  });

  it.each([
    'a@b, c@d',
    'Ada <ada@example.org>',
    'ada@example.org\r\nBcc: eve@example.org',
    'ada',
    '',
    `${'a'.repeat(251)}@b.c`,
  ])('is not sent to %j', async (to) => {
    const server = await serving({ certificate });
    expect(await messenger(server.port).send(to, MESSAGE)).toMatchObject({
      fault: 'destination_refused',
      detail: 'malformed',
    });
    expect(server.mails).toEqual([]);
  });

  it('lets no name of a kiosk add a header', async () => {
    const server = await serving({ certificate });
    await messenger(server.port).send(TO, { ...MESSAGE, from: 'Lobby\r\nBcc: eve@example.org' });
    expect(server.mails.at(-1)?.to).toEqual([TO]);
    expect(server.mails.at(-1)?.source).not.toMatch(/^bcc:/im);
  });

  it('is probed by a sign-in without a mail', async () => {
    const server = await serving({ certificate, account: ACCOUNT });
    expect(await messenger(server.port, login).probe()).toEqual({ kind: 'sent' });
    expect(await messenger(server.port, { username: 'x', password: 'y' }).probe()).toMatchObject({
      fault: 'not_configured',
    });
    expect(server.mails).toEqual([]);
  });

  it('leaves only the class and the reply code of a fault', () => {
    for (const odd of [null, 'text', new Error(TO), { code: 'x', response: TO }])
      expect(mailFault(odd)).toEqual({ kind: 'fault', fault: 'unreachable', detail: 'bad_answer' });
    expect(mailFault({ code: 'EDNS', message: TO })).toEqual({ kind: 'fault', fault: 'unreachable', detail: 'EDNS' });
  });
});

function drip(socket: Socket, text: string): void {
  let at = 0;
  const timer = setInterval(() => {
    if (at < text.length && !socket.destroyed) socket.write(text[at++]!);
    else clearInterval(timer);
  }, 1000);
}
