import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VestibuleError } from '../../src/domain/errors.js';
import { ADDRESS_REFILL } from '../../src/http/attempt-rate.js';
import { EventStream } from '../../src/http/event-stream.js';
import { lanHosts, lanNames } from '../../src/http/origin.js';
import { MAX_ATTEMPTS_OF_ADDRESS } from '../../src/http/remembered-attempts.js';
import type { Route } from '../../src/http/route.js';
import { apiRoutes } from '../../src/http/routes.js';
import { createHttpServer } from '../../src/http/server.js';
import { VideoFeed } from '../../src/http/video-feed.js';
import { FakeKiosk } from '../fakes/fake-kiosk.js';
import { anna } from '../fakes/fake-people.js';
import { ask } from './asked.js';
import { serve } from './served.js';

let it_: Awaited<ReturnType<typeof serve>>;
let routes: readonly Route[];
beforeAll(async () => {
  it_ = await serve(['https://kiosk.example'], { lan: true });
  routes = apiRoutes(it_.kiosk, new EventStream(it_.kiosk), new VideoFeed(it_.kiosk));
});
afterAll(() => it_.stop());

const tls = () => ({ port: it_.lan.port, tls: true });
const page = () => ({ Host: it_.lan.host, Origin: it_.lan.origin });
const cookie = () => {
  const { tokens } = it_.kiosk.login.sessions.issue(it_.kiosk.login.people[0]!, 'login');
  return { Cookie: `__Host-vestibule-access=${tokens.accessToken}` };
};

describe('F5 at the listener for other browsers', () => {
  it('every route × Host × Origin × Sec-Fetch-Site: only exact pairs pass', async () => {
    const { host, origin, port } = it_.lan;
    const hosts = [
      'evil.example',
      'kiosk.test',
      `KIOSK.TEST:${port}`,
      `kiosk.test:${port + 1}`,
      `kiosk.test.evil.example:${port}`,
      'kiosk.example',
      it_.host,
      `localhost:${port}`,
    ];
    const foreign: Record<string, string>[] = [
      { Origin: 'null' },
      { Origin: 'https://evil.example' },
      { Origin: `http://${host}` },
      { Origin: origin.toUpperCase() },
      { Origin: `${origin}.evil.example` },
      { Origin: 'https://kiosk.example' },
      { Origin: it_.url },
      { Origin: origin, 'Sec-Fetch-Site': 'cross-site' },
      { Origin: origin, 'Sec-Fetch-Site': 'same-site' },
    ];
    const wrong: string[] = [];
    let tried = 0;
    for (const route of routes) {
      const line = `${route.method} ${route.path.replace(/:\w+/g, 'x1')}`;
      for (const Host of hosts) {
        const { status } = await ask(tls(), line, { Host, Origin: `https://${Host}`, ...cookie() });
        tried += 1;
        if (status !== 421 && status !== 400) wrong.push(`${line} for "${Host}": ${status}`);
      }
      if (route.rule === 'public') continue;
      for (const headers of foreign) {
        const { status } = await ask(tls(), line, { Host: host, ...cookie(), ...headers });
        tried += 1;
        if (status !== 403) wrong.push(`${line} ${JSON.stringify(headers)}: ${status}`);
      }
      if (route.method !== 'GET') {
        const { status } = await ask(tls(), line, { Host: host, ...cookie() });
        tried += 1;
        if (status !== 403) wrong.push(`${line} without Origin: ${status}`);
      }
    }
    console.log(`F5 listener for other browsers: ${tried} requests, ${wrong.length} not refused, limit 0`);
    expect(wrong).toEqual([]);
    // Its name is worth nothing at the kiosk's own listener.
    expect((await ask(it_, 'GET /healthz', { Host: host })).status).toBe(421);
    expect((await ask(tls(), 'GET /healthz', { Host: host })).status).toBe(200);
  }, 60_000);

  it("serves its pages and nothing of the kiosk's screen", async () => {
    for (const path of ['/login', '/register', '/otp', '/me'])
      expect((await ask(tls(), `GET ${path}`, page())).body).toContain('<title>login</title>');
    expect((await ask(tls(), 'GET /admin', page())).body).toContain('<title>admin</title>');
    const home = await ask(tls(), 'GET /', page());
    expect([home.status, home.headers.location, home.body]).toEqual([
      302,
      '/login',
      expect.not.stringContaining('<title>'),
    ]);
    for (const path of ['/video_feed', '/api/v1/state', '/api/v1/events']) {
      const { status, body } = await ask(tls(), `GET ${path}`, page());
      expect([path, status, (JSON.parse(body) as { error: string }).error]).toEqual([path, 403, 'kiosk_only']);
    }
    const { headers } = await ask(tls(), 'GET /login', page());
    expect(headers['strict-transport-security']).toBeUndefined();
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
  });

  it('speaks TLS 1.2 or better and nothing older or plain', async () => {
    const versions: (string | null)[] = [];
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      versions.push(
        await new Promise((resolve, reject) => {
          const options = { minVersion: version, maxVersion: version, rejectUnauthorized: false };
          const socket = connect(it_.lan.port, '127.0.0.1', options, () => {
            resolve(socket.getProtocol());
            socket.destroy();
          });
          socket.on('error', reject);
        }),
      );
    }
    expect(versions).toEqual(['TLSv1.2', 'TLSv1.3']);
    const old = await new Promise<string>((resolve) => {
      const options = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', rejectUnauthorized: false } as const;
      const socket = connect(it_.lan.port, '127.0.0.1', { ...options, ciphers: 'ALL:@SECLEVEL=0' }, () =>
        resolve('open'),
      );
      socket.on('error', () => resolve('refused'));
    });
    expect(old).toBe('refused');
    await expect(ask({ port: it_.lan.port }, 'GET /healthz', page())).rejects.toThrow();
  });
});

describe('attempts of other browsers', () => {
  const begin = (headers: Record<string, string>, target: { port: number; tls?: boolean }) =>
    ask(target, 'POST /api/v1/attempts', { ...headers, 'Content-Type': 'application/json' }, '{"purpose":"login"}');
  const idOf = (body: string) => (JSON.parse(body) as { attempt: { id: string } }).attempt.id;

  it('are remote, and cannot be gone on with at the kiosk, or the other way round', async () => {
    const remote = await begin(page(), tls());
    expect(remote.status).toBe(201);
    expect(it_.kiosk.login.attempts.begun.at(-1)?.caller.from).toBe('lan');
    const here = { Host: it_.host, Origin: it_.url };
    const near = await begin(here, it_);
    for (const [target, headers, body, status] of [
      [tls(), page(), remote.body, 200],
      [it_, here, remote.body, 410],
      [it_, here, near.body, 200],
      [tls(), page(), near.body, 410],
    ] as const)
      expect((await ask(target, `GET /api/v1/attempts/${idOf(body)}`, headers)).status).toBe(status);
    // One that recognition has opened at the kiosk is not known here.
    const recognised = await it_.kiosk.login.attempts.begin('attend', { from: 'loopback', admin: false });
    expect((await ask(tls(), `GET /api/v1/attempts/${recognised.id}`, page())).status).toBe(410);
    expect((await ask(it_, `GET /api/v1/attempts/${recognised.id}`, here)).status).toBe(200);
    await ask(tls(), `DELETE /api/v1/attempts/${idOf(remote.body)}`, page());
  });

  it('are few at a time; the kiosk itself always finds room, and an end makes room', async () => {
    const open: string[] = [];
    for (let i = 0; i < MAX_ATTEMPTS_OF_ADDRESS; i++) open.push(idOf((await begin(page(), tls())).body));
    const refused = await begin(page(), tls());
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '60']);
    expect((await begin({ Host: it_.host, Origin: it_.url }, it_)).status).toBe(201);
    await ask(tls(), `DELETE /api/v1/attempts/${open[0]}`, page());
    expect((await begin(page(), tls())).status).toBe(201);
    // One that was denied, or is over, takes no place either.
    it_.kiosk.login.attempts.deny(open[1]!);
    await it_.kiosk.login.attempts.cancel(open[2]!);
    expect((await begin(page(), tls())).status).toBe(201);
    expect((await begin(page(), tls())).status).toBe(201);
    expect((await begin(page(), tls())).status).toBe(429);
  });

  it('are begun at a rate of each address, also when each is ended at once; the kiosk itself has none', async () => {
    const { clock } = it_.kiosk;
    clock.advance(ADDRESS_REFILL.burst * ADDRESS_REFILL.refillMs);
    for (const { id } of it_.kiosk.login.attempts.begun)
      await it_.kiosk.login.attempts.cancel(id).catch(() => undefined);
    const beginAndEnd = async () => {
      const { status, headers, body } = await begin(page(), tls());
      if (status === 201) await ask(tls(), `DELETE /api/v1/attempts/${idOf(body)}`, page());
      return [status, headers['retry-after']];
    };
    for (let i = 0; i < ADDRESS_REFILL.burst; i++) expect(await beginAndEnd()).toEqual([201, undefined]);
    expect(await beginAndEnd()).toEqual([429, '6']);
    const here = { Host: it_.host, Origin: it_.url };
    for (let i = 0; i < 5; i++) expect((await begin(here, it_)).status).toBe(201);
    clock.advance(ADDRESS_REFILL.refillMs);
    expect(await beginAndEnd()).toEqual([201, undefined]);
    expect((await beginAndEnd())[0]).toBe(429);
  });
});

describe('registrations that other browsers take up again', () => {
  it('have a rate of each address: comparing passwords without end would keep everybody from signing in', async () => {
    const resume = async (target: { port: number; tls?: boolean }, headers: Record<string, string>) => {
      const body = JSON.stringify({ userName: 'nobody', password: 'not the right one' });
      const json = { ...headers, 'Content-Type': 'application/json' };
      return (await ask(target, 'POST /api/v1/registrations/resume', json, body)).status;
    };
    for (let i = 0; i < ADDRESS_REFILL.burst; i++) expect(await resume(tls(), page())).toBe(403);
    expect(await resume(tls(), page())).toBe(429);
    expect(await resume(it_, { Host: it_.host, Origin: it_.url })).toBe(403);
    it_.kiosk.clock.advance(ADDRESS_REFILL.refillMs);
    expect(await resume(tls(), page())).toBe(403);
    expect(await resume(tls(), page())).toBe(429);
  });
});

describe('starting', () => {
  it('names the address that is taken, and opens nothing when the certificate fails', async () => {
    const taken = { host: '127.0.0.1', port: it_.lan.port, names: [] };
    const certificate = { obtain: async () => Promise.reject(new VestibuleError('config_invalid', 'no PEM')) };
    const settings = { host: '127.0.0.1', port: 0, origins: [], uiDirectory: 'none' };
    const broken = createHttpServer(new FakeKiosk(), { ...settings, lan: { ...taken, port: 0, certificate } });
    await expect(broken.start()).rejects.toMatchObject({ code: 'config_invalid' });
    const { cert, key } = await servedPair();
    const second = createHttpServer(new FakeKiosk(), {
      ...settings,
      lan: { ...taken, certificate: { obtain: async () => ({ cert, key }) } },
    });
    await expect(second.start()).rejects.toMatchObject({
      code: 'port_in_use',
      message: expect.stringContaining('lan.port'),
    });
  });

  it('knows configured names in lower case and the own addresses where it listens on all', () => {
    expect(lanHosts({ host: '10.0.0.5', names: ['Kiosk.Example'] })).toEqual(['kiosk.example', '10.0.0.5']);
    expect(lanHosts({ host: '0.0.0.0', names: [] })).toContain('127.0.0.1');
    expect([...lanNames(8443, ['kiosk.example', 'fd00::7'])]).toEqual([
      ['kiosk.example:8443', 'https://kiosk.example:8443'],
      ['[fd00::7]:8443', 'https://[fd00::7]:8443'],
    ]);
    expect([...lanNames(443, ['kiosk.example'])]).toEqual([['kiosk.example', 'https://kiosk.example']]);
  });
});

async function servedPair() {
  const { makeAuthority } = await import('../support/certificates.js');
  const authority = makeAuthority('test');
  const pair = authority.issue('kiosk.test', 'DNS:kiosk.test');
  authority.remove();
  return pair;
}

it('a session of the kiosk cookie is none at the other listener', async () => {
  const { tokens } = it_.kiosk.login.sessions.issue(anna(), 'login');
  const Cookie = `vestibule-access=${tokens.accessToken}`;
  expect((await ask(tls(), 'GET /api/v1/session', { ...page(), Cookie })).status).toBe(401);
});
