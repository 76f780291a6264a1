import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role } from '../../src/domain/role.js';
import { ACCESS } from '../../src/http/access.js';
import type { SessionPurpose } from '../../src/http/contract-login.js';
import { EventStream } from '../../src/http/event-stream.js';
import type { Route, Rule } from '../../src/http/route.js';
import { apiRoutes } from '../../src/http/routes.js';
import { VideoFeed } from '../../src/http/video-feed.js';
import { anna, ben } from '../fakes/fake-people.js';
import { ask } from './asked.js';
import { serve } from './served.js';

let it_: Awaited<ReturnType<typeof serve>>;
let routes: readonly Route[];
beforeAll(async () => {
  it_ = await serve(['https://kiosk.example'], { lan: true });
  routes = apiRoutes(it_.kiosk, new EventStream(it_.kiosk), new VideoFeed(it_.kiosk));
});
afterAll(() => it_.stop());

/** Somebody who asks: a session, the admin code, or nothing. */
interface Who {
  readonly name: string;
  readonly session?: { readonly purpose: SessionPurpose; readonly role: Role; readonly fresh: boolean };
  readonly code?: true;
}
const session = (purpose: SessionPurpose, role: Role, fresh: boolean): Who => ({
  name: `${purpose} of ${role}${fresh ? '' : ', stale'}`,
  session: { purpose, role, fresh },
});
const WHO: readonly Who[] = [
  { name: 'nobody' },
  session('setup', 'person', false),
  session('setup', 'admin', true),
  session('login', 'person', true),
  session('login', 'person', false),
  session('login', 'admin', true),
  session('admin', 'person', true),
  session('admin', 'operator', true),
  session('admin', 'operator', false),
  session('admin', 'manager', true),
  session('admin', 'admin', true),
  session('admin', 'admin', false),
  { name: 'admin code', code: true },
];
const PLACES = ['loopback', 'origin', 'lan'] as const;
type From = (typeof PLACES)[number];

/** What the documents promise, written down a second time: may this one use a route of this rule from there? */
function promised({ rule, kioskOnly, replaces }: Route, who: Who, from: From): boolean {
  const s = who.session;
  const lan = from === 'lan';
  if (kioskOnly && lan) return false;
  const code = who.code === true && from === 'loopback';
  const rank = s?.purpose === 'admin' ? ['person', 'operator', 'manager', 'admin'].indexOf(s.role) : 0;
  const own = s !== undefined && (s.purpose !== 'setup' || rule === 'self' || rule === 'first');
  // Everything is there already: Anna has phone, authenticator, PIN, recovery codes, a face, body motion and a mail address.
  const exchanges = replaces !== undefined;
  const mayExchange = s?.fresh === true || (s?.purpose === 'setup' && replaces?.freeInSetup === true);
  const promises: Record<Rule, () => boolean> = {
    public: () => true,
    screen: () => !lan,
    local: () => !lan,
    loopback: () => from === 'loopback',
    enrol: () => code || rank === 3,
    page: () => true,
    self: () => own && (!exchanges || mayExchange),
    person: () => own,
    first: () => own && (s.fresh || s.purpose === 'setup') && (!exchanges || mayExchange),
    fresh: () => own && s.fresh,
    operator: () => code || rank >= 1,
    manager: () => code || rank >= 2,
    admin: () => code || rank === 3,
  };
  return promises[rule]();
}

function headersOf(who: Who, from: From): Record<string, string> {
  const { kiosk } = it_;
  const places = {
    loopback: { Host: it_.host, Origin: it_.url },
    origin: { Host: 'kiosk.example', Origin: 'https://kiosk.example' },
    lan: { Host: it_.lan.host, Origin: it_.lan.origin },
  };
  if (who.code === true) return { ...places[from], Authorization: `Bearer ${kiosk.adminCode}` };
  if (who.session === undefined) return places[from];
  const { purpose, role, fresh } = who.session;
  const person = kiosk.login.people[0]!;
  person.role = role;
  const { tokens } = kiosk.login.sessions.issue(person, purpose, { fresh });
  const name = from === 'loopback' ? 'vestibule-access' : '__Host-vestibule-access';
  return { ...places[from], Cookie: `${name}=${tokens.accessToken}` };
}

describe('who may use which route', () => {
  it('every route × everybody × every place: as promised, and nobody else', async () => {
    const wrong: string[] = [];
    let tried = 0;
    let passed = 0;
    for (const route of routes) {
      for (const who of WHO) {
        for (const from of PLACES) {
          const email = { destination: 'a•••@example.org', confirmed: true };
          it_.kiosk.login.people = [{ ...anna(), email, pose: true }, ben()];
          const line = `${route.method} ${route.path.replace(/:\w+/g, 'x1')}`;
          const target = from === 'lan' ? { port: it_.lan.port, tls: true } : it_;
          const { status, body } = await ask(target, line, headersOf(who, from));
          const may = promised(route, who, from);
          // These two answer 401 themselves where there is no session to look at.
          const looks = /^\/api\/v1\/session(\/touch)?$/.test(route.path) && route.method !== 'DELETE';
          const expected = may && !(looks && who.session === undefined);
          const did = status !== 401 && status !== 403;
          tried += 1;
          if (did) passed += 1;
          if (did !== expected) wrong.push(`${line} (${route.rule}) as ${who.name} from ${from}: ${status} ${body}`);
          it_.kiosk.login.sessions.endAllOf('p_000000000001');
        }
      }
    }
    console.log(`route × role walk: ${tried} requests, ${passed} let in, ${wrong.length} not as promised, limit 0`);
    expect(wrong).toEqual([]);
    expect(new Set(routes.map(({ rule }) => rule)).size).toBe(Object.keys(ACCESS).length - 1);
  }, 60_000);

  it('no telephone number changes without two fresh factors, whatever the route (A7)', async () => {
    const before = JSON.stringify(anna().phone);
    for (const route of routes.filter(({ method }) => method !== 'GET')) {
      for (const who of WHO.filter((one) => one.session?.fresh !== true)) {
        it_.kiosk.login.people = [anna(), ben()];
        const headers = { ...headersOf(who, 'loopback'), 'Content-Type': 'application/json' };
        const bodies = [{ destination: '+4915199999999' }, { code: '246810' }, {}];
        for (const body of bodies)
          await ask(
            it_,
            `${route.method} ${route.path.replace(/:\w+/g, 'p_000000000001')}`,
            headers,
            JSON.stringify(body),
          );
        const [person] = it_.kiosk.login.people;
        // Removing the whole person is the administrator's business.
        if (person?.id === 'p_000000000001') expect(JSON.stringify(person.phone)).toBe(before);
        it_.kiosk.login.sessions.endAllOf('p_000000000001');
      }
    }
  }, 60_000);

  it('the admin code is not even looked at elsewhere; a wrong bearer is not made good by a cookie', async () => {
    it_.kiosk.codes.length = 0;
    const { tokens } = it_.kiosk.login.sessions.issue(it_.kiosk.login.people[0]!, 'login');
    const code = `Bearer ${it_.kiosk.adminCode}`;
    const lan = { port: it_.lan.port, tls: true };
    const elsewhere = [
      await ask(lan, 'GET /api/v1/admin/today', { Host: it_.lan.host, Authorization: code }),
      await ask(it_, 'GET /api/v1/admin/today', { Host: 'kiosk.example', Authorization: code }),
    ];
    expect(elsewhere.map(({ status }) => status)).toEqual([401, 401]);
    expect(it_.kiosk.codes).toEqual([]);
    const Cookie = `vestibule-access=${tokens.accessToken}`;
    for (const Authorization of ['Bearer a.b.c', 'Bearer wrong', 'Basic YTpi']) {
      const { status } = await ask(it_, 'GET /api/v1/me', { Host: it_.host, Cookie, Authorization });
      expect(status).toBe(401);
    }
    expect((await ask(it_, 'GET /api/v1/me', { Host: it_.host, Cookie })).status).toBe(200);
    expect((await ask(it_, 'GET /api/v1/me', { Host: it_.host, Cookie: `${Cookie}; ${Cookie}` })).status).toBe(401);
    // The name that browsers only take over TLS is worth nothing over plain loopback, and the other way round.
    expect((await ask(it_, 'GET /api/v1/me', { Host: it_.host, Cookie: `__Host-${Cookie}` })).status).toBe(401);
    expect((await ask(lan, 'GET /api/v1/me', { Host: it_.lan.host, Cookie })).status).toBe(401);
    expect((await ask(lan, 'GET /api/v1/me', { Host: it_.lan.host, Cookie: `__Host-${Cookie}` })).status).toBe(200);
  });

  it('managers change names, only administrators change roles, close accounts and invite anew', async () => {
    const as = (role: Role) => ({
      ...headersOf(session('admin', role, true), 'loopback'),
      'Content-Type': 'application/json',
    });
    const change = (role: Role, body: object) =>
      ask(it_, 'POST /api/v1/admin/people/p_000000000002', as(role), JSON.stringify(body));
    const invite = (role: Role, kind: string) =>
      ask(it_, 'POST /api/v1/admin/people/p_000000000002/invitation', as(role), JSON.stringify({ kind }));
    it_.kiosk.login.people = [anna(), ben()];
    it_.kiosk.login.staff.length = 0;
    expect((await change('manager', { name: 'Ben O.' })).status).toBe(204);
    for (const body of [{ role: 'admin' }, { active: false }, { name: 'B', role: 'person' }])
      expect((await change('manager', body)).status).toBe(403);
    expect((await change('admin', { role: 'operator' })).status).toBe(204);
    expect((await invite('operator', 'reset')).status).toBe(201);
    expect((await invite('operator', 'register')).status).toBe(403);
    expect((await invite('admin', 'register')).status).toBe(201);
    expect(it_.kiosk.login.staff).toHaveLength(4);
    expect(it_.kiosk.login.staff.every(({ by }) => by === 'p_000000000001')).toBe(true);
  });
});

describe('C5 cookies', () => {
  it('a login never takes over an id that was there before', async () => {
    const { login } = it_.kiosk;
    login.people = [anna(), ben()];
    const headers = {
      Host: it_.host,
      Origin: it_.url,
      'Content-Type': 'application/json',
      Cookie: 'vestibule-access=access.99.0; vestibule-refresh=refresh.99.0',
    };
    const post = async (path: string, body: object) => {
      const answer = await ask(it_, `POST /api/v1/attempts${path}`, headers, JSON.stringify(body));
      return { ...answer, json: JSON.parse(answer.body) as { attempt: { id: string } } };
    };
    const { id } = (await post('', { purpose: 'login' })).json.attempt;
    await post(`/${id}/identity`, { userName: 'anna' });
    await post(`/${id}/factors`, { kind: 'password', password: 'blue-lamp-over-water' });
    const granted = await post(`/${id}/factors`, { kind: 'otp', code: '314159' });
    const set = granted.headers['set-cookie'] ?? [];
    expect(set).toHaveLength(2);
    expect(set.join()).not.toContain('.99.');
    for (const line of set)
      expect(line).toMatch(/^vestibule-(access|refresh)=[^;]+; Path=\/; HttpOnly; SameSite=Strict$/);
  });

  it('over TLS carry __Host- and Secure; leaving takes both away', async () => {
    const answer = await ask({ port: it_.lan.port, tls: true }, 'DELETE /api/v1/session', {
      Host: it_.lan.host,
      Origin: it_.lan.origin,
    });
    expect(answer.headers['set-cookie']).toEqual([
      '__Host-vestibule-access=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict; Secure',
      '__Host-vestibule-refresh=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict; Secure',
    ]);
  });

  it('headers of every route, from a page without a session', async () => {
    const seen: Record<string, string[]> = {};
    for (const route of routes) {
      const line = `${route.method} ${route.path}`;
      const { status, headers } = await ask(it_, line.replace(/:\w+/g, 'x1'), { Host: it_.host, Origin: it_.url });
      const names = ['date', 'content-length', 'connection', 'keep-alive', 'transfer-encoding'];
      const shown = Object.entries(headers).filter(([name]) => !names.includes(name));
      const key = JSON.stringify(Object.fromEntries(shown));
      seen[key] = [...(seen[key] ?? []), `${line} ${status}`];
    }
    expect(
      Object.fromEntries(Object.entries(seen).map(([headers, lines]) => [lines.join('\n'), JSON.parse(headers)])),
    ).toMatchSnapshot();
  });
});
