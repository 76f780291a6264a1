import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApp } from '../../src/http/app.js';
import { EventStream } from '../../src/http/event-stream.js';
import { ruleOf } from '../../src/http/guard.js';
import { knownNames } from '../../src/http/origin.js';
import type { Route } from '../../src/http/route.js';
import { PAGES } from '../../src/http/router.js';
import { apiRoutes } from '../../src/http/routes.js';
import { createHttpServer } from '../../src/http/server.js';
import { VideoFeed } from '../../src/http/video-feed.js';
import { FakeKiosk } from '../fakes/fake-kiosk.js';
import { request } from './raw.js';
import { serve } from './served.js';

let it_: Awaited<ReturnType<typeof serve>>;
let routes: readonly Route[];
beforeAll(async () => {
  it_ = await serve(['https://kiosk.example']);
  it_.kiosk.become({ enrolmentAllowed: true });
  routes = apiRoutes(it_.kiosk, new EventStream(it_.kiosk), new VideoFeed(it_.kiosk));
});
afterAll(() => it_.stop());

const pathOf = (route: Route) => route.path.replace(/:\w+/g, 'x1');
const isStaff = ({ rule }: Route) => ['operator', 'manager', 'admin'].includes(rule);
const withCode = (route: Route): Record<string, string> =>
  isStaff(route) ? { Authorization: `Bearer ${it_.kiosk.adminCode}` } : {};

describe('F5 host, origin and fetch site', () => {
  it('answer on every route only to exact names', async () => {
    const hosts = ['evil.example', '10.0.0.5', `LOCALHOST:${it_.port}`, '127.0.0.1', `127.0.0.1:${it_.port + 1}`, ''];
    const wrong: string[] = [];
    for (const route of routes) {
      for (const host of hosts) {
        const { status } = await request(it_.url, `${route.method} ${pathOf(route)}`, {
          Host: host,
          Origin: `http://${host}`,
          ...withCode(route),
        });
        if (status !== 421 && status !== 400) wrong.push(`${route.method} ${route.path} for "${host}": ${status}`);
      }
    }
    expect(wrong).toEqual([]);
    expect((await request(it_.url, 'GET /healthz', {})).status).toBe(400);
  });

  it('refuse every other origin and every cross-site request, streams included', async () => {
    const own = `http://${it_.host}`;
    const foreign: Record<string, string>[] = [
      { Origin: 'null' },
      { Origin: 'https://evil.example' },
      { Origin: own.toUpperCase() },
      { Origin: `${own}.evil.example` },
      { Origin: 'https://kiosk.example' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
      { Origin: own, 'Sec-Fetch-Site': 'cross-site' },
    ];
    const wrong: string[] = [];
    for (const route of routes.filter(({ rule }) => rule !== 'public')) {
      for (const headers of foreign) {
        const { status } = await request(it_.url, `${route.method} ${pathOf(route)}`, {
          Host: it_.host,
          ...headers,
          ...withCode(route),
        });
        if (status !== 403) wrong.push(`${route.method} ${route.path} ${JSON.stringify(headers)}: ${status}`);
      }
      if (route.method !== 'GET' && !isStaff(route)) {
        const { status } = await request(it_.url, `${route.method} ${pathOf(route)}`, { Host: it_.host });
        if (status !== 403) wrong.push(`${route.method} ${route.path} without Origin: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('let the exact pairs pass, loopback and configured', async () => {
    for (const [host, origin] of [
      [it_.host, it_.url],
      [`localhost:${it_.port}`, `http://localhost:${it_.port}`],
      ['kiosk.example', 'https://kiosk.example'],
    ] as const) {
      const read = await request(it_.url, 'GET /api/v1/state', { Host: host, 'Sec-Fetch-Site': 'same-origin' });
      expect(read.status).toBe(200);
      const body = '{"direction":"check_in"}';
      const change = await request(
        it_.url,
        'POST /api/v1/attempts/a1/direction',
        { Host: host, Origin: origin, 'Content-Type': 'application/json', 'Content-Length': String(body.length) },
        body,
      );
      expect(change.status).toBe(200);
    }
    const frame = await request(it_.url, 'POST /api/v1/camera/frames', {
      Host: 'kiosk.example',
      Origin: 'https://kiosk.example',
      'Content-Type': 'image/jpeg',
    });
    expect(frame.status).toBe(403);
  });
});

describe('F7 every route has a rule', () => {
  it('the guard comes first in every layer of the router, with the rule of the table', () => {
    const { router } = createApp({
      parts: it_.kiosk,
      events: new EventStream(it_.kiosk),
      video: new VideoFeed(it_.kiosk),
      files: new Map(),
      names: () => knownNames(it_.port, []),
    });
    const walked = router.stack.flatMap((layer) =>
      layer.methods.map((method) => {
        const rules = layer.stack.map((middleware) => ruleOf(middleware));
        expect(rules.slice(1)).toEqual(rules.slice(1).map(() => undefined));
        return `${method} ${String(layer.path)} ${rules[0] ?? 'NO RULE'}`;
      }),
    );
    const pages = [
      ...Object.entries(PAGES).map(([path, { rule }]) => ({ path, rule })),
      { path: '/assets/*file', rule: 'public' },
    ].flatMap(({ path, rule }) => [`HEAD ${path} ${rule}`, `GET ${path} ${rule}`]);
    expect(walked.length).toBeGreaterThan(20);
    // A layer without methods would run for every request, before or after the guards.
    expect(router.stack.every((layer) => layer.methods.length > 0)).toBe(true);
    expect(walked.sort()).toEqual(
      [...routes.map(({ method, path, rule }) => `${method} ${path} ${rule}`), ...pages].sort(),
    );
  });

  it('wrong codes are answered 429 while they wait; the page without a code is not', async () => {
    it_.kiosk.waitSeconds = 7;
    const wrong = await request(it_.url, 'GET /api/v1/admin/today', { Host: it_.host, Authorization: 'Bearer wrong' });
    expect(wrong.status).toBe(429);
    expect(wrong.text).toContain('Retry-After: 7');
    expect(wrong.text).toContain('too_many_wrong_codes');
    expect((await request(it_.url, 'GET /api/v1/state', { Host: it_.host })).status).toBe(200);
    const oracle = await request(it_.url, 'GET /api/v1/state', { Host: it_.host, Authorization: 'Bearer wrong' });
    expect(oracle.status).toBe(429);
    const health = await request(it_.url, 'GET /healthz', { Host: it_.host, Authorization: 'Bearer wrong' });
    expect(health.status).toBe(200);
    it_.kiosk.waitSeconds = undefined;
  });

  it('another site cannot have codes looked at, another machine neither', async () => {
    it_.kiosk.codes.length = 0;
    for (const headers of [{ Origin: 'https://evil.example' }, { 'Sec-Fetch-Site': 'cross-site' }]) {
      const answer = await request(it_.url, 'GET /api/v1/admin/today', {
        Host: it_.host,
        Authorization: 'Bearer wrong',
        ...headers,
      });
      expect(answer.status).toBe(403);
    }
    expect(it_.kiosk.codes).toEqual([]);
    await request(it_.url, 'GET /api/v1/admin/today', { Host: it_.host, Authorization: 'Bearer near' });
    await request(it_.url, 'GET /api/v1/admin/today', { Host: 'kiosk.example', Authorization: 'Bearer far' });
    expect(it_.kiosk.codes).toEqual([
      // The far one is not even looked at: the code counts on the kiosk itself only.
      { code: 'near', from: 'loopback' },
    ]);
    const change = await request(it_.url, 'POST /api/v1/attempts/a1/direction', {
      Host: it_.host,
      Authorization: 'Bearer wrong',
    });
    expect(change.status).toBe(403);
  });

  it('staff routes want the code or a session, enrolment must be open', async () => {
    for (const route of routes.filter(isStaff)) {
      for (const code of ['', 'Bearer wrong', 'Basic correct-horse-battery', `bearer  ${it_.kiosk.adminCode}`]) {
        const { status, text } = await request(it_.url, `${route.method} ${pathOf(route)}`, {
          Host: it_.host,
          Origin: it_.url,
          ...(code === '' ? {} : { Authorization: code }),
        });
        expect(`${route.path} ${status}`).toBe(`${route.path} 401`);
        expect(text).toContain('WWW-Authenticate: Bearer');
      }
    }
    it_.kiosk.become({ enrolmentAllowed: false });
    for (const route of routes.filter(({ rule }) => rule === 'enrol')) {
      const { status } = await request(it_.url, `${route.method} ${pathOf(route)}`, {
        Host: it_.host,
        Origin: it_.url,
      });
      expect(status).toBe(403);
    }
    it_.kiosk.become({ enrolmentAllowed: true });
    expect(it_.kiosk.begun).toEqual([]);
    expect(it_.kiosk.login.staff.filter(({ what }) => what === 'remove')).toEqual([]);
  });

  it('what is not listed is 404, an unknown method 405 with Allow', async () => {
    for (const path of [
      '/api',
      '/api/v1',
      '/api/v1/',
      '/api/state',
      '/api/v1/state/',
      '/API/v1/state',
      '/api/v1/admin',
      '/index.html',
      '/video_feed/x',
    ]) {
      expect((await request(it_.url, `GET ${path}`, { Host: it_.host })).status).toBe(404);
    }
    const patterns = new Set(routes.map(({ path }) => path));
    for (const pattern of patterns) {
      const allowed = routes.filter(({ path }) => path === pattern).map(({ method }) => method as string);
      for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']) {
        if (allowed.includes(method)) continue;
        const answer = await request(it_.url, `${method} ${pattern.replace(/:\w+/g, 'x1')}`, { Host: it_.host });
        expect(`${method} ${pattern} ${answer.status}`).toBe(`${method} ${pattern} 405`);
        expect(answer.text).toContain(`Allow: ${allowed.join(', ')}`);
      }
    }
    expect((await request(it_.url, 'POST /', { Host: it_.host })).status).toBe(405);
    expect((await request(it_.url, 'HEAD /', { Host: it_.host })).status).toBe(200);
    for (const id of ['a%2fb', 'a%41', '%2e%2e', 'a'.repeat(65), 'a.b']) {
      const { status } = await request(it_.url, `DELETE /api/v1/admin/people/${id}`, {
        Host: it_.host,
        Authorization: `Bearer ${it_.kiosk.adminCode}`,
      });
      expect(`${id} ${status}`).toBe(`${id} 404`);
    }
  });
});

describe('F4 names are never paths', () => {
  it('200 hostile names reach no file and no part of the kiosk', async () => {
    const parts = [
      '..%2f',
      '%2e%2e/',
      '../',
      '..\\',
      '%00',
      'CON',
      '%E2%80%AE',
      'a'.repeat(300),
      '%c0%af',
      ';/..',
      '＝',
      '.',
    ];
    for (let i = 0; i < 200; i++) {
      const name = `${parts[i % parts.length]}${parts[(i * 7) % parts.length]}etc/passwd${i}`;
      const raw = Buffer.from(name, 'utf8').toString('latin1');
      for (const prefix of ['/assets/', '/api/v1/admin/people/']) {
        const answer = await request(it_.url, `DELETE ${prefix}${raw}`, {
          Host: it_.host,
          Authorization: `Bearer ${it_.kiosk.adminCode}`,
        });
        expect([400, 404, 405]).toContain(answer.status);
      }
    }
    expect(it_.kiosk.login.staff.filter(({ what }) => what === 'remove')).toEqual([]);
    const escaped = await request(it_.url, 'GET /assets/../../../../etc/passwd', { Host: it_.host });
    expect(escaped.status).toBe(404);
  }, 60_000);
});

describe('F6 headers', () => {
  it('are the same on pages, API and errors', async () => {
    for (const path of ['/', '/admin', '/login', '/register', '/otp', '/me', '/api/v1/state', '/nothing']) {
      const response = await fetch(`${it_.url}${path}`);
      const headers = Object.fromEntries(response.headers);
      for (const name of ['date', 'etag', 'content-length', 'connection', 'keep-alive']) delete headers[name];
      expect(headers).toMatchSnapshot(path);
      await response.arrayBuffer();
    }
  });
});

describe('the address', () => {
  it('taken by another program gives port_in_use', async () => {
    const second = createHttpServer(new FakeKiosk(), {
      host: '127.0.0.1',
      port: it_.port,
      origins: [],
      uiDirectory: 'none',
    });
    await expect(second.start()).rejects.toMatchObject({ code: 'port_in_use' });
    await second.stop();
  });

  it('of a further origin must be exact', async () => {
    const wrong = { host: '127.0.0.1', port: 0, uiDirectory: 'none' };
    for (const origin of ['https://Kiosk.example', 'https://kiosk.example/', 'kiosk.example', 'file:///x', '*']) {
      const server = createHttpServer(new FakeKiosk(), { ...wrong, origins: [origin] });
      await expect(server.start()).rejects.toMatchObject({ code: 'config_invalid' });
    }
  });
});
