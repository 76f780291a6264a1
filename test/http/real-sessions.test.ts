import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionView } from '../../src/http/contract-login.js';
import type { HttpParts } from '../../src/http/parts.js';
import type { LoginParts, SessionDesk } from '../../src/http/parts-login.js';
import { createHttpServer } from '../../src/http/server.js';
import { FakeKiosk } from '../fakes/fake-kiosk.js';
import { anna } from '../fakes/fake-people.js';
import { request, sessionsKit } from '../session/kit.js';
import { ask } from './asked.js';

const kit = sessionsKit();
const { sessions, clock } = kit;
const desk: SessionDesk = sessions;
const kiosk = new FakeKiosk();
const login: LoginParts = {
  attempts: kiosk.login.attempts,
  registration: kiosk.login.registration,
  own: kiosk.login.own,
  administration: kiosk.login.administration,
  sessions: desk,
};
const parts: HttpParts = new Proxy(kiosk, {
  get(target, key) {
    if (key === 'login') return login;
    const value: unknown = Reflect.get(target, key, target);
    return typeof value === 'function' ? value.bind(target) : value;
  },
});
const server = createHttpServer(parts, { host: '127.0.0.1', port: 0, origins: [], uiDirectory: 'none' });
let at: { port: number };
let page: { Host: string; Origin: string };
beforeAll(async () => {
  const { url } = await server.start();
  at = { port: Number(new URL(url).port) };
  page = { Host: new URL(url).host, Origin: url };
});
afterAll(() => server.stop());

const cookieOf = (tokens: { accessToken: string; refreshToken: string }) => ({
  Cookie: `vestibule-access=${tokens.accessToken}; vestibule-refresh=${tokens.refreshToken}`,
});

describe('the real sessions behind the routes', () => {
  it('open by cookie and by bearer, renew, and end at logout', async () => {
    const { tokens } = await sessions.open(request());
    const mine = { ...page, ...cookieOf(tokens) };
    const view = await ask(at, 'GET /api/v1/session', mine);
    expect([view.status, (JSON.parse(view.body) as SessionView).person.id]).toEqual([200, anna().id]);
    const bearer = { Host: page.Host, Authorization: `Bearer ${tokens.accessToken}` };
    expect((await ask(at, 'GET /api/v1/me', bearer)).status).toBe(200);
    expect((await ask(at, 'DELETE /api/v1/me/pin', bearer)).status).toBe(204);
    const json = { ...mine, 'Content-Type': 'application/json' };
    const renewed = await ask(at, 'POST /api/v1/session/refresh', json, '{}');
    expect(renewed.status).toBe(200);
    const pairs = (renewed.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]!);
    const next = { ...page, Cookie: pairs.join('; ') };
    expect((await ask(at, 'DELETE /api/v1/session', next)).status).toBe(204);
    for (const headers of [mine, next, bearer]) expect((await ask(at, 'GET /api/v1/me', headers)).status).toBe(401);
  });

  it('a refresh token that comes twice ends the session at the next request', async () => {
    const { tokens } = await sessions.open(request());
    const json = { ...page, ...cookieOf(tokens), 'Content-Type': 'application/json' };
    const first = await ask(at, 'POST /api/v1/session/refresh', json, '{}');
    const again = await ask(at, 'POST /api/v1/session/refresh', json, '{}');
    expect([first.status, again.status]).toEqual([200, 401]);
    expect(again.headers['set-cookie']).toHaveLength(2);
    const Cookie = (first.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]!).join('; ');
    expect((await ask(at, 'GET /api/v1/me', { ...page, Cookie })).status).toBe(401);
  });

  it('a page that only looks goes idle, one that is touched does not', async () => {
    const looking = await sessions.open(request());
    const touched = await sessions.open(request());
    const statuses: number[] = [];
    for (let minute = 0; minute < 4; minute++) {
      clock.advance(59_000);
      for (const { tokens } of [looking])
        statuses.push((await ask(at, 'GET /api/v1/session', { ...page, ...cookieOf(tokens) })).status);
      await ask(at, 'POST /api/v1/session/touch', { ...page, ...cookieOf(touched.tokens) });
    }
    expect(statuses).toEqual([200, 200, 200, 401]);
    expect((await ask(at, 'GET /api/v1/session', { ...page, ...cookieOf(touched.tokens) })).status).toBe(200);
  });

  it('a stale session exchanges no factor, a fresh one does', async () => {
    kiosk.login.people[0] = anna();
    const { tokens } = await sessions.open(request());
    const headers = { ...page, ...cookieOf(tokens) };
    const id = (await kit.idOf(tokens.accessToken))!;
    for (let i = 0; i < 4; i++) {
      clock.advance(70_000);
      sessions.touch(id);
    }
    clock.advance(19_000);
    expect((await ask(at, 'DELETE /api/v1/me/totp', headers)).status).toBe(204);
    sessions.touch(id);
    clock.advance(2_000);
    const { tokens: newest } = (await sessions.refresh(tokens.refreshToken))!;
    const stale = { ...page, ...cookieOf(newest) };
    const refused = await ask(at, 'DELETE /api/v1/me/phone', stale);
    expect([refused.status, (JSON.parse(refused.body) as { error: string }).error]).toEqual([403, 'factors_missing']);
    sessions.stepUp(id, ['pwd', 'otp']);
    expect((await ask(at, 'DELETE /api/v1/me/phone', stale)).status).toBe(204);
  });

  it('closing an account is felt at the next request', async () => {
    const { tokens } = await sessions.open(request());
    sessions.endAllOf(anna().id);
    expect((await ask(at, 'GET /api/v1/me', { ...page, ...cookieOf(tokens) })).status).toBe(401);
  });
});
