import { describe, expect, it } from 'vitest';
import { RefreshTokens } from '../../src/session/refresh-tokens.js';
import { FRESH_MS, type SessionEnded } from '../../src/session/session.js';
import { MAX_SESSIONS, MAX_SESSIONS_OF_PERSON } from '../../src/session/sessions.js';
import { FakeRandom } from '../fakes/fake-random.js';
import { request, sessionsKit } from './kit.js';

/** ms. */
const SECOND = 1000;

describe('C2 refresh tokens', () => {
  it('500 random orders: a used one kills its session, nobody else', async () => {
    const seed = 4711;
    const { sessions, clock } = sessionsKit({ seed });
    let state = seed;
    const next = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    let dead = 0;
    let living = 0;
    for (let order = 0; order < 500; order++) {
      const bystander = await sessions.open(request({ personId: 'p_bystander' }));
      const first = await sessions.open(request());
      const chain = [first];
      for (let k = next(6); k > 0; k--) {
        clock.advance(next(20) * SECOND);
        const renewed = await sessions.refresh(chain.at(-1)!.tokens.refreshToken);
        expect(renewed).toBeDefined();
        chain.push(renewed!);
      }
      const reuses = next(2) === 1;
      const used = chain.slice(0, -1);
      if (reuses && used.length > 0) {
        expect(await sessions.refresh(used[next(used.length)]!.tokens.refreshToken)).toBeUndefined();
        for (const { tokens } of chain) {
          expect(await sessions.verify(tokens.accessToken)).toBeUndefined();
          expect(await sessions.refresh(tokens.refreshToken)).toBeUndefined();
          dead += 1;
        }
      } else {
        expect(await sessions.verify(chain.at(-1)!.tokens.accessToken)).toBeDefined();
        living += 1;
      }
      expect(await sessions.refresh(bystander.tokens.refreshToken)).toBeDefined();
      sessions.endAllOf('p_bystander');
      sessions.endAllOf('p_000000000001');
    }
    console.log(`C2 refresh: 500 orders, ${dead} descendants dead, ${living} sessions untouched, seed ${seed}`);
    expect(dead).toBeGreaterThan(100);
    expect(living).toBeGreaterThan(100);
  });

  it('20 requests at the same time with one token: one is answered, then the session is over', async () => {
    const { sessions } = sessionsKit();
    const { tokens } = await sessions.open(request());
    const answers = await Promise.all(Array.from({ length: 20 }, () => sessions.refresh(tokens.refreshToken)));
    const renewed = answers.filter((answer) => answer !== undefined);
    expect(renewed.length).toBeLessThanOrEqual(1);
    for (const { tokens: newest } of [{ tokens }, ...renewed]) {
      expect(await sessions.verify(newest.accessToken)).toBeUndefined();
      expect(await sessions.refresh(newest.refreshToken)).toBeUndefined();
    }
  });

  it('made up ones end nothing unless they name a living family', async () => {
    const { sessions } = sessionsKit();
    const { tokens } = await sessions.open(request());
    for (const token of ['', 'r', 'r..', `${tokens.refreshToken}A`, `r.${'A'.repeat(22)}.${'B'.repeat(43)}`])
      expect(await sessions.refresh(token)).toBeUndefined();
    expect(await sessions.verify(tokens.accessToken)).toBeDefined();
    const [, family] = tokens.refreshToken.split('.');
    expect(await sessions.refresh(`r.${family}.${'B'.repeat(43)}`)).toBeUndefined();
    expect(await sessions.verify(tokens.accessToken)).toBeUndefined();
  });
});

it('nothing is kept of the refresh tokens of a session that has ended', () => {
  const tokens = new RefreshTokens(new FakeRandom(5));
  const token = tokens.begin('s1');
  tokens.end('s1');
  expect(tokens.rotate(token)).toEqual({ kind: 'unknown' });
});

describe('C3 ends at once', () => {
  const ways = ['logout', 'disable', 'delete', 'password change'] as const;
  it('4 × 100: the next request finds no session; the one that changed the password stays', async () => {
    const ended: SessionEnded[] = [];
    let refused = 0;
    for (const way of ways) {
      for (let round = 0; round < 100; round++) {
        const { sessions, idOf } = sessionsKit({ seed: round + 1 });
        sessions.onEnded((one) => ended.push(one));
        const other = await sessions.open(request({ personId: 'p_other' }));
        const mine = await sessions.open(request());
        const second = await sessions.open(request({ purpose: 'admin' }));
        const keep = await idOf(mine.tokens.accessToken);
        if (way === 'logout') {
          sessions.end(keep!);
          expect(await sessions.verify(second.tokens.accessToken)).toBeDefined();
          expect(await sessions.verify(mine.tokens.accessToken)).toBeUndefined();
          expect(await sessions.refresh(mine.tokens.refreshToken)).toBeUndefined();
        } else {
          const stays = way === 'password change';
          sessions.endAllOf('p_000000000001', stays ? keep : undefined);
          expect((await sessions.verify(mine.tokens.accessToken)) !== undefined).toBe(stays);
          expect(await sessions.verify(second.tokens.accessToken)).toBeUndefined();
          expect(await sessions.refresh(second.tokens.refreshToken)).toBeUndefined();
        }
        refused += 1;
        expect(await sessions.verify(other.tokens.accessToken)).toBeDefined();
      }
    }
    console.log(`C3 ends: ${refused} of 400 refused at the next request`);
    expect(ended.filter(({ reason }) => reason === 'logout')).toHaveLength(100);
    expect(ended.filter(({ reason }) => reason === 'revoked')).toHaveLength(100 * (2 + 2 + 1));
  });

  it('a session that ends while it is renewed is not renewed', async () => {
    const { sessions } = sessionsKit();
    const { tokens } = await sessions.open(request());
    const renewing = sessions.refresh(tokens.refreshToken);
    sessions.endAllOf('p_000000000001');
    expect(await renewing).toBeUndefined();
  });
});

describe('C4 ends by time', () => {
  it('20 s after the last face or touch, ±1 s, while the camera works', async () => {
    const { sessions, clock } = sessionsKit();
    const ended: SessionEnded[] = [];
    sessions.onEnded((one) => ended.push(one));
    const here = await sessions.open(request({ place: 'kiosk' }));
    const elsewhere = await sessions.open(request({ personId: 'p_far' }));
    for (let second = 0; second < 60; second++) {
      clock.advance(SECOND);
      sessions.sawFace();
    }
    clock.advance(19 * SECOND);
    expect(await sessions.verify(here.tokens.accessToken, { touch: false })).toBeDefined();
    expect(ended).toEqual([]);
    clock.advance(2 * SECOND);
    expect(ended.map(({ reason, personId }) => [reason, personId])).toEqual([['left', 'p_000000000001']]);
    expect(await sessions.verify(here.tokens.accessToken)).toBeUndefined();
    expect(await sessions.verify(elsewhere.tokens.accessToken)).toBeDefined();
  });

  it('the face of the next person brings nobody back', async () => {
    const { sessions, clock, idOf } = sessionsKit();
    const { tokens } = await sessions.open(request({ place: 'kiosk' }));
    const id = (await idOf(tokens.accessToken))!;
    clock.advance(200);
    sessions.touch(id);
    // The session is over and nobody has looked yet: sessions are looked through twice a second.
    clock.advance(20 * SECOND + 100);
    sessions.sawFace();
    expect(sessions.view(id)).toBeUndefined();
  });

  it('a touch counts as a face; without a camera nobody is taken for gone, and then anew', async () => {
    const { sessions, clock, camera, idOf } = sessionsKit();
    const { session, tokens } = await sessions.open(request({ place: 'kiosk' }));
    expect(session.leaves).toBe(true);
    const id = (await idOf(tokens.accessToken))!;
    for (let i = 0; i < 5; i++) {
      clock.advance(15 * SECOND);
      sessions.touch(id);
    }
    camera.running = false;
    expect(sessions.view(id)?.leaves).toBe(false);
    clock.advance(120 * SECOND);
    expect(sessions.view(id)).toBeDefined();
    camera.running = true;
    clock.advance(19 * SECOND);
    expect(sessions.view(id)).toBeDefined();
    clock.advance(2 * SECOND);
    expect(sessions.view(id)).toBeUndefined();
  });

  it('idle and absolute limit to the second, a wall clock that jumps changes nothing', async () => {
    for (const jump of [0, 400, -400, 1, -1]) {
      const { sessions, clock, idOf } = sessionsKit();
      const { tokens } = await sessions.open(request());
      const id = (await idOf(tokens.accessToken))!;
      clock.setWall(clock.now() + jump * 86_400_000);
      expect(await sessions.verify(tokens.accessToken, { touch: false })).toBeDefined();
      clock.advance(180 * SECOND - 1);
      expect(sessions.view(id)?.idleInMs).toBe(1);
      sessions.touch(id);
      clock.advance(180 * SECOND);
      expect(sessions.view(id)).toBeUndefined();

      const busy = await sessions.open(request());
      let newest = busy.tokens;
      const busyId = (await idOf(newest.accessToken))!;
      for (let minute = 0; minute < 59; minute++) {
        clock.advance(60 * SECOND);
        sessions.touch(busyId);
        newest = (await sessions.refresh(newest.refreshToken))!.tokens;
      }
      clock.advance(59 * SECOND);
      expect(await sessions.verify(newest.accessToken)).toBeDefined();
      clock.advance(SECOND);
      expect(await sessions.verify(newest.accessToken)).toBeUndefined();
      expect(await sessions.refresh(newest.refreshToken)).toBeUndefined();
    }
  });

  it('an access token dies by itself, the session goes on by the refresh token', async () => {
    const { sessions, clock } = sessionsKit({ config: { idleMinutes: 20 } });
    const { tokens } = await sessions.open(request());
    clock.advance(299 * SECOND);
    expect(await sessions.verify(tokens.accessToken)).toBeDefined();
    clock.advance(2 * SECOND);
    expect(await sessions.verify(tokens.accessToken)).toBeUndefined();
    const renewed = await sessions.refresh(tokens.refreshToken);
    expect(await sessions.verify(renewed!.tokens.accessToken)).toBeDefined();
  });

  it('renewing is no sign of life: a page that only renews goes idle', async () => {
    const { sessions, clock } = sessionsKit();
    const { tokens } = await sessions.open(request());
    clock.advance(170 * SECOND);
    const renewed = await sessions.refresh(tokens.refreshToken);
    expect(await sessions.verify(renewed!.tokens.accessToken, { touch: false })).toBeDefined();
    clock.advance(10 * SECOND);
    expect(await sessions.verify(renewed!.tokens.accessToken)).toBeUndefined();
  });

  it('not across a start of the daemon: 100 of 100', async () => {
    const { sessions, make } = sessionsKit();
    let refused = 0;
    for (let round = 0; round < 100; round++) {
      const { tokens } = await sessions.open(request({ personId: `p_${round}` }));
      const next = make();
      next.start();
      if ((await next.verify(tokens.accessToken)) === undefined && !(await next.refresh(tokens.refreshToken)))
        refused += 1;
      expect(await sessions.verify(tokens.accessToken)).toBeDefined();
    }
    console.log(`C4 tokens of an earlier start: ${refused} of 100 refused`);
    expect(refused).toBe(100);
    sessions.stop();
    expect(sessions.countOf('p_1')).toBe(0);
  });
});

describe('C5 ids', () => {
  it('are new at every login, 128 bits, and never the one a caller brought', async () => {
    const { sessions, idOf } = sessionsKit();
    const ids = new Set<string>();
    for (let i = 0; i < 200; i++) {
      const { tokens } = await sessions.open(request({ personId: `p_${i}` }));
      const id = (await idOf(tokens.accessToken))!;
      expect(Buffer.from(id, 'base64url')).toHaveLength(16);
      ids.add(id);
    }
    expect(ids.size).toBe(200);
  });
});

describe('freshness', () => {
  it('needs two different factors within five minutes; another pair makes fresh again', async () => {
    const { sessions, clock, idOf } = sessionsKit({ config: { idleMinutes: 30 } });
    const { tokens, session } = await sessions.open(request());
    expect(session).toMatchObject({ fresh: true, amr: ['pwd', 'otp'] });
    const id = (await idOf(tokens.accessToken))!;
    clock.advance(FRESH_MS);
    expect(sessions.view(id)?.fresh).toBe(true);
    clock.advance(1);
    expect(sessions.view(id)?.fresh).toBe(false);
    sessions.stepUp(id, ['pwd']);
    expect(sessions.view(id)?.fresh).toBe(false);
    sessions.stepUp(id, ['otp']);
    expect(sessions.view(id)?.fresh).toBe(true);
    expect((await sessions.verify((await sessions.refresh(tokens.refreshToken))!.tokens.accessToken))?.fresh).toBe(
      true,
    );
  });

  it('the same factor twice, or by two ways, is one', async () => {
    const { sessions } = sessionsKit();
    for (const amr of [['pwd'], ['otp', 'sms'], ['pwd', 'mfa'], ['otp', 'tel', 'mca', 'user']])
      expect((await sessions.open(request({ amr }))).session.fresh).toBe(false);
    expect((await sessions.open(request({ amr: ['face', 'pwd'] }))).session.fresh).toBe(true);
  });
});

describe('how many', () => {
  it('a person keeps the five used last, nobody else loses one, and there is a last place', async () => {
    const { sessions, clock } = sessionsKit();
    const mine = [];
    for (let i = 0; i <= MAX_SESSIONS_OF_PERSON; i++) {
      mine.push(await sessions.open(request()));
      clock.advance(SECOND);
    }
    expect(sessions.countOf('p_000000000001')).toBe(MAX_SESSIONS_OF_PERSON);
    expect(await sessions.verify(mine[0]!.tokens.accessToken)).toBeUndefined();
    expect(await sessions.verify(mine[1]!.tokens.accessToken)).toBeDefined();
    for (let i = MAX_SESSIONS_OF_PERSON; i < MAX_SESSIONS; i++) await sessions.open(request({ personId: `p_${i}` }));
    await expect(sessions.open(request({ personId: 'p_late' }))).rejects.toMatchObject({ code: 'busy' });
    expect(await sessions.verify(mine[1]!.tokens.accessToken)).toBeDefined();
  });

  it('who is open at the kiosk is told, and every opening', async () => {
    const { sessions, idOf } = sessionsKit();
    const opened: string[] = [];
    sessions.onOpened(({ personId, place }) => opened.push(`${personId} ${place}`));
    await sessions.open(request({ personId: 'p_far' }));
    const { tokens } = await sessions.open(request({ place: 'kiosk' }));
    expect(sessions.openAtKiosk()).toEqual(['p_000000000001']);
    sessions.end((await idOf(tokens.accessToken))!);
    expect(sessions.openAtKiosk()).toEqual([]);
    expect(opened).toEqual(['p_far remote', 'p_000000000001 kiosk']);
  });
});
