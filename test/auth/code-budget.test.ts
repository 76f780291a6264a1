import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { CodeBudget, resendDelayMs } from '../../src/auth/code-budget.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { tempState } from '../fakes/temp-state.js';
import { MemoryStore } from '../support/memory-store.js';

const DAY_MS = 86_400_000;

async function budgetOver(store = new MemoryStore(), clock = new FakeClock(), dailyMessages = 200) {
  const faults: unknown[] = [];
  const budget = new CodeBudget({ store, clock, config: { dailyMessages }, onFault: (error) => faults.push(error) });
  await budget.start();
  const granted = async (personId: string, paid = true): Promise<boolean> =>
    (await budget.take(personId, paid)).kind === 'taken';
  return { budget, clock, store, granted, faults };
}

describe('the wait before the next code', () => {
  it('A5 grows 30, 40, 60, 90, 120 s', () => {
    expect([0, 1, 2, 3, 4, 5, 6, 50].map((sends) => resendDelayMs(sends) / 1000)).toEqual([
      0, 30, 40, 60, 90, 120, 120, 120,
    ]);
  });

  it('A5 is kept to the millisecond, and the sixth code comes ten minutes after the first', async () => {
    const { budget, clock, granted } = await budgetOver();
    for (const seconds of [30, 40, 60, 90]) {
      expect(await granted('p_1')).toBe(true);
      expect(budget.waitMs('p_1')).toBe(seconds * 1000);
      clock.advance(seconds * 1000 - 1);
      expect(await budget.take('p_1', true)).toEqual({ kind: 'too_soon', waitMs: 1 });
      clock.advance(1);
      expect(budget.waitMs('p_1')).toBe(0);
    }
    expect(await granted('p_1')).toBe(true);
    clock.advance(120_000);
    // 220 s until the fifth, 120 s since.
    expect(await budget.take('p_1', true)).toEqual({ kind: 'limit', waitMs: 600_000 - 340_000 });
    clock.advance(259_999);
    expect(await granted('p_1')).toBe(false);
    clock.advance(1);
    expect(await granted('p_1')).toBe(true);
    expect(await granted('p_2')).toBe(true);
  });

  it('is not changed by the wall clock', async () => {
    const { budget, clock, granted } = await budgetOver();
    await granted('p_1');
    for (const days of [1, -1, 400, -400]) {
      clock.setWall(clock.now() + days * DAY_MS);
      expect(budget.waitMs('p_1')).toBe(30_000);
    }
  });

  it('does not follow a send that failed, which still is one of the five', async () => {
    const { budget, clock } = await budgetOver();
    for (let i = 0; i < 5; i++) {
      expect(budget.waitMs('p_1')).toBe(0);
      const verdict = await budget.take('p_1', true);
      if (verdict.kind !== 'taken') throw new Error('refused');
      await verdict.ticket.failed(true);
    }
    expect(await budget.take('p_1', true)).toEqual({ kind: 'limit', waitMs: 600_000 });
    clock.advance(600_000);
    expect(budget.waitMs('p_1')).toBe(0);
  });

  it('holds for sends that are asked for at the same time', async () => {
    const { granted } = await budgetOver();
    const answers = await Promise.all(Array.from({ length: 50 }, () => granted('p_1')));
    expect(answers.filter(Boolean).length).toBe(1);
  });
});

describe('the budget of a day', () => {
  it('is common to all, and comes back 24 hours after it was used', async () => {
    const { budget, clock, granted } = await budgetOver(new MemoryStore(), new FakeClock(), 3);
    for (const person of ['p_1', 'p_2', 'p_3']) expect(await granted(person)).toBe(true);
    expect(await budget.take('p_4', true)).toEqual({ kind: 'limit', waitMs: DAY_MS });
    expect(await granted('p_4', false)).toBe(true);
    clock.setWall(clock.now() + 2 * DAY_MS);
    expect(await granted('p_5')).toBe(false);
    clock.advance(DAY_MS - 1);
    expect(await granted('p_5')).toBe(false);
    clock.advance(1);
    expect(await granted('p_5')).toBe(true);
  });

  it('comes back a day after the newest message of an hour', async () => {
    const { clock, granted } = await budgetOver(new MemoryStore(), new FakeClock(), 2);
    expect(await granted('p_1')).toBe(true);
    clock.advance(1_800_000);
    expect(await granted('p_2')).toBe(true);
    clock.advance(DAY_MS - 1);
    expect(await granted('p_3')).toBe(false);
    clock.advance(1);
    expect(await granted('p_3')).toBe(true);
    expect(await granted('p_4')).toBe(true);
  });

  it('gets back what certainly did not go out, and nothing else', async () => {
    const { budget, granted } = await budgetOver(new MemoryStore(), new FakeClock(), 2);
    for (const certainly of [true, false]) {
      const verdict = await budget.take(`p_${certainly}`, true);
      if (verdict.kind !== 'taken') throw new Error('refused');
      await verdict.ticket.failed(certainly);
    }
    expect(await granted('p_3')).toBe(true);
    expect(await granted('p_4')).toBe(false);
  });
});

describe('a restart', () => {
  it('of the kiosk alone changes nothing', async () => {
    const first = await budgetOver(new MemoryStore(), new FakeClock(), 1);
    await first.granted('p_1');
    first.clock.advance(10_000);
    const second = await budgetOver(first.store, first.clock, 1);
    expect(second.budget.waitMs('p_1')).toBe(20_000);
    first.clock.advance(DAY_MS - 10_001);
    expect(await second.granted('p_2')).toBe(false);
    first.clock.advance(1);
    expect(await second.granted('p_2')).toBe(true);
  });

  it('of the machine makes nothing older, and the time before it counts to the hour', async () => {
    const first = await budgetOver(new MemoryStore(), new FakeClock({ mono: 5e9 }), 1);
    await first.granted('p_1');
    for (let hour = 0; hour < 23; hour++) {
      first.clock.advance(3_600_000);
      await nextTurn();
    }
    first.clock.advance(1_800_000);
    // The power is cut: no stop.
    const clock = new FakeClock({ boot: 'fedcba9876543210', mono: 2000, wall: first.clock.now() + 40 * DAY_MS });
    const second = await budgetOver(first.store, clock, 1);
    expect(await second.budget.take('p_2', true)).toEqual({ kind: 'limit', waitMs: 3_600_000 });
    clock.advance(3_600_000);
    expect(await second.granted('p_2')).toBe(true);
    expect(second.budget.waitMs('p_2')).toBe(30_000);
    const third = await budgetOver(second.store, new FakeClock({ boot: '1111111111111111', mono: 50 }), 1);
    expect(third.budget.waitMs('p_2')).toBe(30_000);
  });

  it('finds the age of everything to the millisecond when the kiosk was stopped', async () => {
    const first = await budgetOver(new MemoryStore(), new FakeClock(), 1);
    await first.granted('p_1');
    first.clock.advance(1_234_567);
    await first.budget.stop();
    const second = await budgetOver(first.store, new FakeClock({ boot: 'fedcba9876543210' }), 1);
    expect(await second.budget.take('p_2', true)).toEqual({ kind: 'limit', waitMs: DAY_MS - 1_234_567 });
  });
});

describe('the file of the budget', () => {
  it('holds nothing of somebody forgotten, not in its previous copy either', async () => {
    const state = await tempState();
    const store = state.store();
    await store.open();
    const budget = new CodeBudget({ store, clock: state.clock, config: { dailyMessages: 9 }, onFault: () => {} });
    await budget.start();
    await budget.take('p_leaver', true);
    await budget.take('p_other', true);
    await budget.forget('p_leaver');
    const texts = readdirSync(state.directory)
      .filter((name) => name.startsWith('code-budget.json'))
      .map((name) => readFileSync(join(state.directory, name), 'utf8'));
    expect(texts.length).toBe(2);
    for (const text of texts) {
      expect(text).not.toContain('p_leaver');
      expect(text).toContain('p_other');
    }
    await budget.stop();
    await store.close();
    await state.dispose();
  });

  it('must take the send before it is granted', async () => {
    const store = new MemoryStore();
    const collection = store.collection.bind(store);
    store.collection = async (spec) => ({
      ...(await collection(spec)),
      update: () => Promise.reject(new Error('no space left')),
    });
    const { budget } = await budgetOver(store);
    await expect(budget.take('p_1', true)).rejects.toThrow('no space left');
    expect(budget.waitMs('p_1')).toBe(30_000);
  });
});
