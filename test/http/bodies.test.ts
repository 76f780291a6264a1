import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { JSON_LIMIT_BYTES, jsonDepth } from '../../src/http/body.js';
import { EventStream } from '../../src/http/event-stream.js';
import { apiRoutes } from '../../src/http/routes.js';
import { VideoFeed } from '../../src/http/video-feed.js';
import { ask } from './asked.js';
import { sendRaw } from './raw.js';
import { serve } from './served.js';

let kiosk: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  kiosk = await serve();
  kiosk.kiosk.become({ enrolmentAllowed: true });
});
afterAll(() => kiosk.stop());

const post = (path: string, body: string | Uint8Array, type = 'application/json') =>
  fetch(`${kiosk.url}${path}`, {
    method: 'POST',
    headers: { Origin: kiosk.url, 'Content-Type': type },
    body: body as BodyInit,
  });
const good = {
  name: 'Anna',
  consent: { accepted: true, textVersion: '2026-11-21', language: 'en' },
};

describe('F2 bodies', () => {
  it('too deep, too long, of the wrong type or broken are refused with what to do', async () => {
    const cases: [string, string, number, string][] = [
      ['['.repeat(20) + ']'.repeat(20), 'application/json', 400, 'json_too_deep'],
      ['['.repeat(60_000), 'application/json', 400, 'json_too_deep'],
      [`"${'a'.repeat(JSON_LIMIT_BYTES)}"`, 'application/json', 413, 'body_too_large'],
      ['{', 'application/json', 400, 'json_invalid'],
      ['', 'application/json', 400, 'json_invalid'],
      ['{}', 'text/plain', 415, 'type_refused'],
      ['{"direction":"sideways"}', 'application/json', 400, 'input_invalid'],
      ['{"direction":"check_in","more":1}', 'application/json', 400, 'input_invalid'],
    ];
    for (const [body, type, status, code] of cases) {
      const response = await post('/api/v1/attempts/a1/direction', body, type);
      const answer = (await response.json()) as { error: string; message: string; mend: string };
      expect([response.status, answer.error]).toEqual([status, code]);
      expect(answer.message).not.toBe('');
      expect(answer.mend).not.toBe('');
    }
    expect(kiosk.kiosk.chosen).toEqual([]);
    expect(JSON.stringify(kiosk.kiosk.logged)).not.toContain('sideways');
  });

  it('name every fault of a request at once and take no enrolment without consent', async () => {
    const response = await post(
      '/api/v1/enrolments',
      JSON.stringify({ name: '', consent: { ...good.consent, accepted: false } }),
    );
    const { message } = (await response.json()) as { message: string };
    expect(response.status).toBe(400);
    expect(message).toContain('name: must not be empty');
    expect(message).toContain('consent.accepted');
    expect(kiosk.kiosk.begun).toEqual([]);
  });

  it('depth counts brackets outside strings only', () => {
    expect(jsonDepth('{"a":"[[[[\\"[","b":[[]]}')).toBe(3);
  });

  it('pictures must be what they say and at most 5 MB', async () => {
    const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0xff, 0xd9]);
    const cases: [Uint8Array, string, number][] = [
      [jpeg, 'image/jpeg', 200],
      [jpeg, 'image/png', 422],
      [jpeg, 'image/bmp', 415],
      [new Uint8Array(0), 'image/jpeg', 422],
      [Buffer.concat([jpeg, Buffer.alloc(5 * 1024 * 1024)]), 'image/jpeg', 413],
    ];
    for (const [body, type, status] of cases) {
      const response = await post('/api/v1/enrolments/e1/photos', body, type);
      expect([type, body.length, response.status]).toEqual([type, body.length, status]);
      await response.arrayBuffer();
    }
    expect(kiosk.kiosk.photos).toHaveLength(1);
    expect((await post('/api/v1/camera/frames', jpeg, 'image/jpeg')).status).toBe(409);
  });

  it('1,000 mutated requests: it lives and never answers 5xx', async () => {
    const requests = [
      ['/api/v1/enrolments', JSON.stringify(good)],
      ['/api/v1/attempts', '{"purpose":"login","client":"page"}'],
      ['/api/v1/attempts/x1/factors', '{"kind":"password","password":"blue-lamp-over-water"}'],
      ['/api/v1/registrations', '{"name":"A","userName":"a1","password":"nine-green-kettles","language":"en"}'],
      ['/api/v1/session/refresh', '{"refreshToken":"r.AAAAAAAAAAAAAAAAAAAAAA.AAAA"}'],
    ].map(([path, body = '']) =>
      Buffer.from(
        `POST ${path} HTTP/1.1\r\nHost: ${kiosk.host}\r\nOrigin: ${kiosk.url}\r\nCookie: vestibule-access=access.1.0\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
      ),
    );
    let state = 20261121;
    const next = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const statuses = new Map<number | undefined, number>();
    const one = async () => {
      const bytes = Buffer.from(requests[next(requests.length)]!);
      let sent: Uint8Array = bytes;
      for (let k = next(4) + 1; k > 0; k--) {
        const at = next(bytes.length);
        const what = next(4);
        if (what === 0) bytes[at] = next(256);
        else if (what === 1) bytes[at] = bytes[at]! ^ (1 << next(8));
        else if (what === 2) sent = bytes.subarray(0, at);
        else sent = Buffer.concat([bytes.subarray(0, at), bytes.subarray(next(bytes.length))]);
      }
      const { status } = await sendRaw(kiosk.url, sent, 150);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    };
    for (let i = 0; i < 1000; i += 25) await Promise.all(Array.from({ length: 25 }, one));
    console.log(`F2 mutated requests: 1000, answers ${JSON.stringify([...statuses])}, seed 20261121`);
    expect([...statuses.keys()].filter((status) => (status ?? 0) >= 500)).toEqual([]);
    expect(statuses.get(201)).toBeGreaterThan(0);
    expect(statuses.get(400)).toBeGreaterThan(0);
    expect((await fetch(`${kiosk.url}/healthz`)).status).toBe(200);
  }, 60_000);
});

describe('F3 prototype pollution', () => {
  it('40 payloads × every body route change no prototype and bring no key in', async () => {
    const keys = ['__proto__', 'constructor', 'prototype', '__defineGetter__', 'toString'];
    const values = ['{"polluted":1}', '{"prototype":{"polluted":1}}', '"x"', '[{"polluted":1}]'];
    const payloads = keys.flatMap((key) =>
      values.flatMap((value) => [`"${key}":${value}`, `"${key}":${value},"deep":{"${key}":${value}}`]),
    );
    expect(payloads).toHaveLength(40);
    const routes = apiRoutes(kiosk.kiosk, new EventStream(kiosk.kiosk), new VideoFeed(kiosk.kiosk));
    const bodyRoutes = routes.filter((route) => route.body !== undefined && 'json' in route.body);
    const { login } = kiosk.kiosk;
    const headers = () => ({
      Host: kiosk.host,
      Origin: kiosk.url,
      'Content-Type': 'application/json',
      Cookie: `vestibule-access=${login.sessions.issue(login.people[1]!, 'admin').tokens.accessToken}`,
    });
    let sent = 0;
    const wrong: string[] = [];
    for (const route of bodyRoutes) {
      const line = `${route.method} ${route.path.replace(/:\w+/g, 'x1')}`;
      for (const payload of payloads) {
        for (const body of [`{${payload}}`, `{"consent":{${payload}},${payload}}`]) {
          const { status } = await ask(kiosk, line, headers(), body);
          sent += 1;
          // Refused or, where nothing is needed, answered: never a fault, and never stopped by the guard already.
          if (status >= 500 || status === 401 || status === 403) wrong.push(`${line} ${body}: ${status}`);
        }
      }
    }
    console.log(`F3 payloads: ${sent} to ${bodyRoutes.length} body routes, ${wrong.length} not handled, limit 0`);
    expect(wrong).toEqual([]);
    expect(bodyRoutes.length).toBeGreaterThan(20);
    const fresh = {} as Record<string, unknown>;
    expect([fresh.polluted, fresh.deep, Object.prototype.toString.call(fresh)]).toEqual([
      undefined,
      undefined,
      '[object Object]',
    ]);
    for (const begun of kiosk.kiosk.begun) expect(Object.keys(begun).sort()).toEqual(['consent', 'name']);
  }, 60_000);
});
