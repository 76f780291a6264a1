import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Decisions } from '../../src/auth/decisions.js';
import type { Decision } from '../../src/domain/decision.js';
import { tempState } from '../fakes/temp-state.js';

let state: Awaited<ReturnType<typeof tempState>>;
let store: ReturnType<typeof state.store>;
let decisions: Decisions;
beforeEach(async () => {
  state = await tempState();
  store = state.store();
  await store.open();
  decisions = new Decisions({ store, clock: state.clock, zone: 'Europe/Berlin' });
});
afterEach(async () => {
  await store.close();
  await state.dispose();
});

const aDecision = (id: string): Decision => ({
  id,
  purpose: 'attend',
  outcome: 'granted',
  reason: 'ok',
  personId: 'p_000000000001',
  factors: [
    { kind: 'face', outcome: 'passed', reason: 'ok', score: 0.7, threshold: 0.5, mode: '1:N', gallery: 3, at: 1 },
  ],
  at: 1,
});

describe('Decisions', () => {
  it('keeps each decision with wall time, clock and event, over a restart', async () => {
    await decisions.add(aDecision('a'), 'event-1');
    await store.close();
    store = state.store();
    await store.open();
    const again = new Decisions({ store, clock: state.clock, zone: 'Europe/Berlin' });
    expect(await again.list()).toEqual([
      {
        ...aDecision('a'),
        wall: '2026-11-21T08:00:00.000Z',
        clock: { sync: 'ntp', boot: '0123456789abcdef', monoMs: 1000 },
        eventId: 'event-1',
      },
    ]);
  });

  it('begins a new file at local midnight and lists by local day', async () => {
    state.clock.setWall(Date.UTC(2026, 10, 21, 22, 59));
    await decisions.add(aDecision('before'));
    state.clock.setWall(Date.UTC(2026, 10, 21, 23, 1));
    await decisions.add(aDecision('after'));
    expect(await decisions.days()).toEqual(['2026-11-21', '2026-11-22']);
    expect((await decisions.list('2026-11-21')).map(({ id }) => id)).toEqual(['before']);
    expect((await decisions.list('2026-11-22')).map(({ id }) => id)).toEqual(['after']);
    expect(await decisions.list('2026-11-23')).toEqual([]);
    expect(await decisions.list('../people')).toEqual([]);
  });

  it('keeps decisions that come at once, in order', async () => {
    const ids = Array.from({ length: 20 }, (_, i) => `d${i}`);
    await Promise.all(ids.map((id) => decisions.add(aDecision(id))));
    expect((await decisions.list()).map(({ id }) => id)).toEqual(ids);
  });

  it('removes days that are older than it has to keep', async () => {
    for (const day of [18, 19, 20, 21]) {
      state.clock.setWall(Date.UTC(2026, 10, day, 12));
      await decisions.add(aDecision(`d${day}`));
    }
    expect(await decisions.prune(2)).toEqual(['2026-11-18', '2026-11-19']);
    expect(await decisions.days()).toEqual(['2026-11-20', '2026-11-21']);
    expect(await store.list('audit')).not.toContainEqual(expect.stringContaining('11-19'));
  });

  it('lets go of the file of a day that is over, so that a year of days is not kept in memory', async () => {
    let open = 0;
    const counting: Pick<typeof store, 'collection' | 'list'> = {
      list: (folder) => store.list(folder),
      collection: async (spec) => {
        const collection = await store.collection(spec);
        open++;
        return {
          read: () => collection.read(),
          update: (change) => collection.update(change),
          close: () => {
            open--;
            return collection.close();
          },
        };
      },
    };
    const journal = new Decisions({
      store: Object.assign(Object.create(store), counting),
      clock: state.clock,
      zone: 'Europe/Berlin',
    });
    for (const day of [19, 20, 21]) {
      state.clock.setWall(Date.UTC(2026, 10, day, 12));
      for (const id of ['a', 'b', 'c']) await journal.add(aDecision(`${id}${day}`));
      await journal.list();
      expect(open).toBeLessThanOrEqual(1);
    }
    expect((await journal.list('2026-11-19')).map(({ id }) => id)).toEqual(['a19', 'b19', 'c19']);
  });
});
