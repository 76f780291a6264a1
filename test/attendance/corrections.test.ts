import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StateStore } from '../../src/adapters/store-lowdb.js';
import { ownTimes } from '../../src/attendance/own-times.js';
import { rulesOf } from '../../src/attendance/rules.js';
import type { AttendanceEvent } from '../../src/domain/attendance.js';
import { VestibuleError } from '../../src/domain/errors.js';
import type { Collection, CollectionSpec, Store } from '../../src/ports/collection.js';
import { FakeRandom } from '../fakes/fake-random.js';
import { tempState } from '../fakes/temp-state.js';
import { ANNA, BEN, config, type Desk, punch, startDesk } from './correcting.js';
import { collect } from './events.js';

const HOUR = 3_600_000;
const REFUSED = { code: 'input_invalid' };

let state: Awaited<ReturnType<typeof tempState>>;
let store: StateStore;
let desk: Desk;
let seed = 100;

async function restart(): Promise<void> {
  await desk.stop();
  await store.close();
  await begin();
}
async function begin(): Promise<void> {
  store = state.store();
  await store.open();
  desk = await startDesk({ store, clock: state.clock, random: new FakeRandom(seed++) });
}
async function hours(range: 'week' | 'month' = 'week', day = '2026-11-21') {
  const now = { wallMs: state.clock.now(), clock: state.clock.state() };
  return ownTimes(desk.ledger, ANNA, { range, day }, rulesOf(config), now);
}
const ask = (given: Parameters<Desk['corrections']['request']>[1]) => desk.corrections.request(ANNA, given);

// The clock stands at Saturday 2026-11-21, 09:00 in Berlin.
beforeEach(async () => {
  state = await tempState();
  await begin();
});
afterEach(async () => {
  await desk.stop();
  await store.close();
  await state.dispose();
});

describe('a request for a correction', () => {
  it('replaces a time once it is approved; the old record stays and the hours follow', async () => {
    await punch(desk, ANNA, '2026-11-19T08:00:00+01:00');
    const left = await punch(desk, ANNA, '2026-11-19T12:00:00+01:00', 'check_out');
    const asked = await ask({
      eventId: left.id,
      direction: 'check_out',
      at: '2026-11-19T16:30:00Z',
      reason: 'I forgot to punch out',
    });
    expect(asked).toMatchObject({ state: 'open', was: { direction: 'check_out', at: left.at } });
    expect((await hours()).workedMs).toBe(4 * HOUR);
    const approved = await desk.corrections.approve(asked.id, BEN, 'seen him');
    expect(approved).toMatchObject({ state: 'approved', decidedBy: BEN, note: 'seen him' });
    const [, old, event] = await desk.ledger.day('2026-11-19');
    expect(old).toEqual(left);
    expect(event).toEqual({
      id: approved.events![0]!.id,
      seq: 3,
      type: 'check_out',
      site: 'hq',
      kiosk: 'lobby-1',
      person: { id: ANNA, externalId: 'E1' },
      at: '2026-11-19T17:30:00.000+01:00',
      zone: 'Europe/Berlin',
      clock: state.clock.state(),
      decisionId: asked.id,
      factors: [],
      corrects: left.id,
      correctionReason: 'approved',
    });
    const times = await hours();
    expect(times.workedMs).toBe(9.5 * HOUR);
    expect(times.days.find(({ day }) => day === '2026-11-19')?.punches).toMatchObject([
      { type: 'check_in', corrected: false },
      { type: 'check_out', corrected: true, at: '2026-11-19T17:30:00.000+01:00' },
    ]);
    const csv = readFileSync(join(state.directory, 'attendance', '2026-11-19.csv'), 'utf8');
    expect(csv.trim().split('\n').at(-1)).toBe(
      `2026-11-19T17:30:00.000+01:00,${ANNA},E1,,check_out,,${event!.id},${left.id}`,
    );
  });

  it('adds a missing punch, takes one away, and turns a direction round', async () => {
    const came = await punch(desk, ANNA, '2026-11-18T08:00:00+01:00');
    const added = await ask({ direction: 'check_out', at: '2026-11-18T15:00:00+01:00', reason: 'battery dead' });
    await desk.corrections.approve(added.id, undefined);
    expect((await hours()).workedMs).toBe(7 * HOUR);
    expect((await desk.ledger.day('2026-11-18')).at(-1)).toMatchObject({
      person: { id: ANNA, externalId: 'E7' },
      correctionReason: 'approved',
    });
    expect((await desk.ledger.day('2026-11-18')).at(-1)).not.toHaveProperty('corrects');
    const turned = await ask({ eventId: came.id, direction: 'check_out', reason: 'wrong button' });
    expect(turned).toMatchObject({ direction: 'check_out', at: came.at });
    await desk.corrections.approve(turned.id, BEN);
    expect((await hours()).workedMs).toBe(0);
    const turnedEvent = (await desk.ledger.day('2026-11-18')).at(-1)!;
    const away = await ask({ eventId: turnedEvent.id, reason: 'was not there' });
    await desk.corrections.approve(away.id, BEN);
    const last = (await desk.ledger.day('2026-11-18')).at(-1);
    expect(last).toMatchObject({ type: 'void', corrects: turnedEvent.id, at: turnedEvent.at });
    expect((await hours()).days[2]!.punches.map(({ type }) => type)).toEqual(['void', 'check_out']);
  });

  it('that moves a punch to another day withdraws it there and adds it here', async () => {
    await punch(desk, ANNA, '2026-11-17T20:00:00+01:00');
    const left = await punch(desk, ANNA, '2026-11-17T23:50:00+01:00', 'check_out');
    const asked = await ask({
      eventId: left.id,
      direction: 'check_out',
      at: '2026-11-18T01:00:00+01:00',
      reason: 'later',
    });
    await desk.corrections.approve(asked.id, BEN);
    expect((await desk.ledger.day('2026-11-17')).at(-1)).toMatchObject({ type: 'void', corrects: left.id });
    expect(await desk.ledger.day('2026-11-18')).toMatchObject([{ type: 'check_out', correctionReason: 'approved' }]);
    const times = await hours();
    // The night shift belongs to the day on which it began.
    expect(times.days.map(({ workedMs }) => workedMs / HOUR)).toEqual([0, 5, 0, 0, 0, 0]);
  });

  it('is refused when it is not about an own punch that counts, or makes no sense', async () => {
    const own = await punch(desk, ANNA, '2026-11-20T08:00:00+01:00');
    const other = await punch(desk, BEN, '2026-11-20T08:10:00+01:00');
    const reason = 'r';
    const messageOf = (given: Parameters<typeof ask>[0]) =>
      ask(given).then(
        () => 'taken',
        (error: unknown) =>
          error instanceof VestibuleError && error.code === 'input_invalid' ? error.message : 'fault',
      );
    const foreign = await messageOf({ eventId: other.id, reason });
    expect(foreign).toContain('You have no such punch');
    expect(await messageOf({ eventId: '01a00000-0000-7000-8000-00000000ffff', reason })).toBe(foreign);
    for (const [given, words] of [
      [{ reason }, 'Name a punch'],
      [{ eventId: own.id, at: '2026-11-20T09:00:00+01:00', reason }, 'check-in or a check-out'],
      [{ direction: 'check_in', reason }, 'time of the missing punch'],
      [{ direction: 'check_in', at: '2026-11-21T09:00:00.001+01:00', reason }, 'future'],
      [{ direction: 'check_in', at: '2026-09-19T23:59:59+02:00', reason }, '62 days'],
      [{ eventId: own.id, direction: 'check_in', at: own.at, reason }, 'recorded already'],
      [{ direction: 'check_in', at: 'yesterday', reason }, 'no time|not a time'],
    ] as const)
      expect(await messageOf(given)).toMatch(new RegExp(words));
    expect(await messageOf({ direction: 'check_in', at: '2026-11-21T09:00:00+01:00', reason })).toBe('taken');
    expect(await messageOf({ eventId: own.id, reason })).toBe('taken');
    expect(await messageOf({ eventId: own.id, reason })).toContain('open already');
    expect(desk.corrections.of(BEN)).toEqual([]);
  });

  it('is refused beyond twenty open ones a person; another person is not touched', async () => {
    const at = (n: number) => `2026-11-20T10:${String(n).padStart(2, '0')}:00+01:00`;
    for (let n = 0; n < 20; n++) await ask({ direction: 'check_in', at: at(n), reason: 'r' });
    await expect(ask({ direction: 'check_in', at: at(30), reason: 'r' })).rejects.toMatchObject(REFUSED);
    await desk.corrections.request(BEN, { direction: 'check_in', at: at(30), reason: 'r' });
    await desk.corrections.reject(desk.corrections.of(ANNA)[0]!.id, BEN);
    await ask({ direction: 'check_in', at: at(30), reason: 'r' });
    expect(desk.corrections.of(ANNA)).toHaveLength(21);
  });
});

describe('the verdict', () => {
  it('is never given by the person itself, and once only', async () => {
    const asked = await ask({ direction: 'check_in', at: '2026-11-20T08:00:00+01:00', reason: 'r' });
    for (const own of [desk.corrections.approve(asked.id, ANNA), desk.corrections.reject(asked.id, ANNA)])
      await expect(own).rejects.toMatchObject({ code: 'not_permitted' });
    await expect(desk.corrections.approve('nothing', BEN)).rejects.toMatchObject(REFUSED);
    const rejected = await desk.corrections.reject(asked.id, BEN, 'you were on leave');
    expect(rejected).toMatchObject({ state: 'rejected', note: 'you were on leave' });
    await expect(desk.corrections.approve(asked.id, BEN)).rejects.toMatchObject(REFUSED);
    expect(desk.ledger.span().newest).toBe(0);
    const next = await ask({ direction: 'check_in', at: '2026-11-20T08:00:00+01:00', reason: 'r' });
    const both = await Promise.all([
      desk.corrections.approve(next.id, BEN),
      desk.corrections.approve(next.id, undefined),
    ]);
    expect(both[0]).toEqual(both[1]);
    await expect(desk.corrections.reject(next.id, BEN)).rejects.toMatchObject(REFUSED);
    expect(desk.ledger.span().newest).toBe(1);
  });

  it('cannot approve what was changed since', async () => {
    const own = await punch(desk, ANNA, '2026-11-20T08:00:00+01:00');
    const first = await ask({ eventId: own.id, reason: 'r' });
    await desk.ledger.append((seq) => ({
      ...own,
      id: 'v',
      seq,
      type: 'void',
      corrects: own.id,
      correctionReason: 'device',
    }));
    await expect(desk.corrections.approve(first.id, BEN)).rejects.toMatchObject(REFUSED);
    expect(desk.corrections.of(ANNA)[0]!.state).toBe('open');
    expect((await desk.corrections.reject(first.id, BEN)).state).toBe('rejected');
  });

  it('of old requests is forgotten, an open one and the events stay; a removed person leaves none', async () => {
    const old = await ask({ direction: 'check_in', at: '2026-11-20T08:00:00+01:00', reason: 'old' });
    const open = await ask({ direction: 'check_in', at: '2026-11-20T08:01:00+01:00', reason: 'open' });
    await desk.corrections.approve(old.id, BEN);
    state.clock.advance(93 * 24 * HOUR);
    await restart();
    const next = await ask({ direction: 'check_in', at: '2027-02-20T08:00:00+01:00', reason: 'new' });
    expect(desk.corrections.list().map(({ id }) => id)).toEqual([next.id, open.id]);
    expect(desk.ledger.span().newest).toBe(1);
    await desk.corrections.removeOf(ANNA);
    expect(desk.corrections.list()).toEqual([]);
    for (const file of ['corrections.json', 'corrections.json.prev'])
      expect(readFileSync(join(state.directory, file), 'utf8')).not.toContain(ANNA);
  });
});

describe('an approval that is cut off', () => {
  /** Lets `writes` writes pass; then each one fails, before or after it was carried out. */
  class BreakingStore {
    left: number;
    readonly #after: boolean;
    readonly #real: Store;
    constructor(real: Store, writes: number, after: boolean) {
      this.#real = real;
      this.left = writes;
      this.#after = after;
    }
    async #guarded<T>(work: () => Promise<T>): Promise<T> {
      this.left -= 1;
      const fails = this.left < 0;
      if (!fails || this.#after) {
        const value = await work();
        if (!fails) return value;
      }
      throw new VestibuleError('storage_failed', 'The power is gone.');
    }
    store(): Store {
      const real = this.#real;
      const guarded = <T>(work: () => Promise<T>): Promise<T> => this.#guarded(work);
      return new Proxy(real, {
        get(_target, key) {
          if (key === 'collection')
            return async <T>(spec: CollectionSpec<T>): Promise<Collection<T>> => {
              const collection = await real.collection(spec);
              return {
                read: () => collection.read(),
                update: (change) => guarded(() => collection.update(change)),
                close: () => collection.close(),
              };
            };
          const value = real[key as keyof Store] as (...given: unknown[]) => Promise<unknown>;
          if (key === 'append' || key === 'writeText')
            return (...given: unknown[]) => guarded(() => value.apply(real, given));
          return value.bind(real);
        },
      });
    }
  }

  it('at any write leaves, after the next start, each of its events exactly once', async () => {
    const left = await punch(desk, ANNA, '2026-11-17T23:50:00+01:00', 'check_out');
    let moved: AttendanceEvent = left;
    let cut = 0;
    for (const after of [false, true]) {
      for (let writes = 0; ; writes++) {
        // To and fro between two days: a void and a new punch each time.
        const at = moved.at.startsWith('2026-11-17') ? '2026-11-18T00:10:00+01:00' : '2026-11-17T23:50:00+01:00';
        const asked = await ask({ eventId: moved.id, direction: 'check_out', at, reason: 'r' });
        await desk.stop();
        const breaking = new BreakingStore(store, Number.POSITIVE_INFINITY, after);
        desk = await startDesk({ store: breaking.store(), clock: state.clock, random: new FakeRandom(seed++) });
        breaking.left = writes;
        const answer = await desk.corrections.approve(asked.id, BEN).then(
          () => 'approved',
          () => 'cut',
        );
        cut += 1;
        await restart();
        const record = desk.corrections.list().find(({ id }) => id === asked.id)!;
        if (record.state === 'open') {
          // Nothing had been promised yet, and nothing was written.
          expect(answer).toBe('cut');
          await desk.corrections.approve(asked.id, BEN);
        }
        const events = await collect(desk.ledger.range(1, 1e6));
        const made = events.filter(({ decisionId }) => decisionId === asked.id);
        expect(made.map(({ type }) => type)).toEqual(['void', 'check_out']);
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, n) => n + 1));
        expect(desk.corrections.list().find(({ id }) => id === asked.id)!.state).toBe('approved');
        moved = made[1]!;
        if (answer === 'approved') break;
      }
    }
    expect(cut).toBeGreaterThan(12);
  });
});
