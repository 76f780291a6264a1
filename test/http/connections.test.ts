import { type IncomingMessage, get as plainGet } from 'node:http';
import { get as tlsGet } from 'node:https';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serve } from './served.js';

let kiosk: Awaited<ReturnType<typeof serve>>;
const sockets: Socket[] = [];
beforeEach(async () => {
  kiosk = await serve([], { lan: true });
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await kiosk.stop();
});

/** Opens connections that say what is given and nothing more. */
async function mute(count: number, port: number, says = ''): Promise<Socket[]> {
  const opened = Array.from({ length: count }, () => connect(port, '127.0.0.1'));
  sockets.push(...opened);
  for (const socket of opened) {
    socket.on('error', () => {});
    socket.once('connect', () => says !== '' && socket.write(says));
  }
  await Promise.all(
    opened.map((socket) => new Promise((resolve) => socket.once('connect', resolve).once('close', resolve))),
  );
  await sleep(100);
  return opened;
}

const page = async (): Promise<number | undefined> =>
  (await fetch(`${kiosk.url}/`, { headers: { connection: 'close' } }).catch(() => undefined))?.status;
const lanPage = (): Promise<number | undefined> =>
  new Promise((resolve) => {
    const { port, host } = kiosk.lan;
    const options = { port, path: '/login', headers: { host }, agent: false, rejectUnauthorized: false };
    tlsGet(options, (response) => resolve(response.resume().statusCode)).on('error', () => resolve(undefined));
  });

describe('F9 connections that say nothing', () => {
  it('as many as one likes do not keep the page out', async () => {
    await mute(300, kiosk.port);
    await mute(300, kiosk.port, `POST /api/v1/attempts HTTP/1.1\r\nHost: ${kiosk.host}\r\n`);
    expect(await page()).toBe(200);
  });

  it('nor do those that never end their body', async () => {
    const head = `POST /api/v1/attempts HTTP/1.1\r\nHost: ${kiosk.host}\r\nOrigin: ${kiosk.url}\r\n`;
    await mute(300, kiosk.port, `${head}Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n{`);
    expect(await page()).toBe(200);
  });

  it('nor are other browsers kept out, neither by silence before the handshake of TLS nor by bodies after it', async () => {
    await mute(200, kiosk.lan.port);
    expect(await lanPage()).toBe(200);
    const { port, host, origin } = kiosk.lan;
    const head = `POST /api/v1/attempts HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${origin}\r\n`;
    const body = `${head}Content-Type: application/json\r\nContent-Length: 60000\r\n\r\n{`;
    const shaken = Array.from({ length: 150 }, () => {
      const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => socket.write(body));
      return socket.on('error', () => {});
    });
    sockets.push(...shaken);
    await sleep(500);
    expect(await lanPage()).toBe(200);
    // What was ended is counted no more.
    for (const socket of shaken) socket.destroy();
    await sleep(100);
    expect(await lanPage()).toBe(200);
  });

  it('take the place of each other, the oldest first, and never that of a page that gets its events', async () => {
    const stream = await new Promise<IncomingMessage>((resolve) =>
      plainGet(`${kiosk.url}/api/v1/events`, { agent: false }, resolve),
    );
    let ended = false;
    stream
      .on('data', () => {})
      .once('close', () => {
        ended = true;
      });
    const early = await mute(20, kiosk.port);
    const late = await mute(120, kiosk.port);
    await sleep(200);
    expect(early.filter(({ destroyed }) => destroyed).length).toBeGreaterThan(0);
    expect(late.filter(({ destroyed }) => destroyed)).toEqual([]);
    expect(ended).toBe(false);
    stream.destroy();
  });
});
