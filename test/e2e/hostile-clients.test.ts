import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendRaw } from '../http/raw.js';
import type { ApiClient } from '../support/api-client.js';
import { until } from '../support/daemon.js';
import { MOSQUITTO_INSTALLED } from '../support/mosquitto.js';
import { beginAttempt } from '../support/signing-in.js';
import { WatchedKiosk } from '../support/watched-kiosk.js';

const SEED = 20261121;

/** Numbers that the seed determines. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The kiosk as it is built and started, without `Object.prototype.__proto__`. */
describe.skipIf(!MOSQUITTO_INSTALLED)('clients that mean harm', { timeout: 120_000 }, () => {
  const kiosk = new WatchedKiosk();
  let page: ApiClient;
  let admin: ApiClient;
  let pid = 0;
  const descriptors = (): number => readdirSync(`/proc/${pid}/fd`).length;
  const rssMb = (): number =>
    Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  const settled = async (before: number): Promise<void> => {
    await until(() => descriptors() <= before, 30_000, `${before} open descriptors as before`);
  };

  beforeAll(async () => {
    await kiosk.start({ NODE_OPTIONS: '--disable-proto=delete' });
    page = kiosk.client('kiosk');
    admin = kiosk.client('kiosk');
    admin.bearer = kiosk.adminCode;
    pid = kiosk.daemon.pid;
    const ready = async () => (await admin.get('/api/v1/admin/status')).json.vision.process === 'running';
    await until(ready, 30_000, 'the vision process');
  }, 60_000);
  afterAll(() => kiosk.stop());

  it('F3 starts and works without __proto__, in every process', async () => {
    const options = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    expect(options).toContain('NODE_OPTIONS=--disable-proto=delete');
    const registered = await page.post('/api/v1/registrations', {
      name: 'Proto Less',
      userName: 'protoless',
      password: 'seven green herons',
      language: 'en',
    });
    expect(registered.status).toBe(201);
    const { secret } = (await page.post('/api/v1/me/totp')).json;
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect((await page.post('/api/v1/me/phone', { destination: '+4915123456789' })).status).toBe(200);
    const code = kiosk.twilio.codeOf('+4915123456789');
    expect((await page.post('/api/v1/me/phone/confirm', { code })).status).toBe(204);
    expect((await page.post('/api/v1/me/email', { destination: 'proto@example.test' })).status).toBe(429);
    const attempt = await beginAttempt(kiosk.client('elsewhere'), 'login', { userName: 'protoless' });
    expect(attempt).toMatch(/^\/api\/v1\/attempts\/./);
    const body = `{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"purpose":"login"}`;
    expect((await page.ask('POST', '/api/v1/attempts', { body })).status).toBe(400);
    await until(
      () => kiosk.messages.some((message) => message.includes('/health ')),
      10_000,
      'the health at the broker',
    );
    expect(kiosk.log().filter((line) => /"level":"error"/.test(line))).toEqual([]);
  });

  it('F2 1,000 mutated requests: no exit, no 5xx, no descriptor lost', async () => {
    const { host } = new URL(kiosk.url);
    const requests = [
      ['POST', '/api/v1/attempts', '{"purpose":"login","client":"page"}'],
      ['POST', '/api/v1/attempts/x1/factors', '{"kind":"password","password":"blue-lamp-over-water"}'],
      ['POST', '/api/v1/attempts/x1/identity', '{"userName":"protoless"}'],
      ['POST', '/api/v1/registrations', '{"name":"A","userName":"a1","password":"nine-green-kettles","language":"en"}'],
      ['POST', '/api/v1/registrations/resume', '{"userName":"protoless","password":"nine-green-kettles"}'],
      ['POST', '/api/v1/session/refresh', '{"refreshToken":"r.AAAAAAAAAAAAAAAAAAAAAA.AAAA"}'],
      ['POST', '/api/v1/me/pin', '{"pin":"739105"}'],
      ['POST', '/api/v1/admin/people', '{"name":"Somebody"}'],
      ['GET', '/api/v1/admin/decisions?day=2026-11-21', ''],
      ['GET', '/video_feed', ''],
      ['POST', '/api/v1/camera/frames', '\u00ff\u00d8\u00ff\u00e0 no picture at all'],
    ].map(([method, path, body = '']) => {
      const bytes = Buffer.from(body, 'latin1');
      const type = path === '/api/v1/camera/frames' ? 'image/jpeg' : 'application/json';
      const bearer = path?.includes('admin') ? `Authorization: Bearer ${kiosk.adminCode}\r\n` : '';
      const head = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${kiosk.url}\r\n${bearer}Content-Type: ${type}\r\n`;
      return Buffer.concat([Buffer.from(`${head}Content-Length: ${bytes.length}\r\nConnection: close\r\n\r\n`), bytes]);
    });
    const roll = dice(SEED);
    const statuses = new Map<number | undefined, number>();
    const one = async (): Promise<void> => {
      const bytes = Buffer.from(requests[roll(requests.length)]!);
      let sent: Uint8Array = bytes;
      for (let k = roll(4) + 1; k > 0; k--) {
        const at = roll(bytes.length);
        const what = roll(4);
        if (what === 0) bytes[at] = roll(256);
        else if (what === 1) bytes[at] = bytes[at]! ^ (1 << roll(8));
        else if (what === 2) sent = bytes.subarray(0, at);
        else sent = Buffer.concat([bytes.subarray(0, at), bytes.subarray(roll(bytes.length))]);
      }
      const { status } = await sendRaw(kiosk.url, sent, 250);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    };
    await settled(descriptors());
    const before = descriptors();
    const mbBefore = rssMb();
    for (let i = 0; i < 1000; i += 25) await Promise.all(Array.from({ length: 25 }, one));
    const broken = [...statuses.keys()].filter((status) => (status ?? 0) >= 500 && status !== 503 && status !== 507);
    await settled(before);
    console.log(
      `F2 1000 mutated requests: answers ${JSON.stringify([...statuses])}, 5xx ${broken.length} (limit 0), descriptors ${before} before and ${descriptors()} after, ${Math.round(mbBefore)} MB before and ${Math.round(rssMb())} after, seed ${SEED}`,
    );
    expect(broken).toEqual([]);
    expect(statuses.get(400) ?? 0).toBeGreaterThan(0);
    expect(kiosk.daemon.pid).toBe(pid);
    expect((await page.get('/healthz')).status).toBe(200);
    expect(kiosk.daemon.output).not.toContain('request failed');
  });

  it('F9 200 slow sockets and 50 busy connections for 10 s: the page answers, nothing is left behind', async () => {
    const { hostname, port, host } = new URL(kiosk.url);
    const before = descriptors();
    const mbBefore = rssMb();
    const slow = new Set<Socket>();
    let opened = 0;
    let ending = false;
    const begin = `POST /api/v1/attempts HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${kiosk.url}\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n`;
    const openSlow = (i: number): void => {
      if (ending) return;
      const socket = connect(Number(port), hostname, () => {
        opened += 1;
        // Half of them never end their headers, the others their body.
        socket.write(i % 2 === 0 ? begin.slice(0, 60) : begin);
      });
      slow.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        slow.delete(socket);
        setTimeout(() => openSlow(i), 250);
      });
    };
    for (let i = 0; i < 200; i++) openSlow(i);
    const drip = setInterval(() => {
      for (const socket of slow) if (socket.writable) socket.write('x');
    }, 1000);
    const until10s = performance.now() + 10_000;
    let busy = 0;
    let refused = 0;
    const load = async (): Promise<void> => {
      const api = kiosk.client('kiosk');
      while (performance.now() < until10s)
        await api.get('/api/v1/registration').then(
          ({ status }) => {
            if (status === 200) busy += 1;
          },
          () => {
            refused += 1;
            return sleep(50);
          },
        );
    };
    const looks: boolean[] = [];
    const look = async (): Promise<void> => {
      while (performance.now() < until10s) {
        // As a browser does, once more after a connection that was ended.
        const ask = () => page.get('/').catch(() => undefined);
        looks.push(((await ask()) ?? (await ask()) ?? (await ask()))?.status === 200);
        await sleep(250);
      }
    };
    await Promise.all([look(), ...Array.from({ length: 50 }, load)]);
    const mb = rssMb();
    clearInterval(drip);
    ending = true;
    for (const socket of slow) socket.destroy();
    await settled(before + 2);
    const answered = looks.filter(Boolean).length;
    console.log(
      `F9 200 slow sockets (opened ${opened} times), 50 busy ones: ${busy} answers, ${refused} refused; page ${answered} of ${looks.length}; ${Math.round(mbBefore)} MB before, ${Math.round(mb)} during, ${Math.round(rssMb())} after`,
    );
    expect((await page.get('/')).status).toBe(200);
    expect(busy).toBeGreaterThan(0);
    expect(answered / looks.length).toBeGreaterThan(0.9);
    expect(mb - mbBefore).toBeLessThan(150);
    expect(kiosk.daemon.pid).toBe(pid);
  });
});
