import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type LockBegun, Regulation } from '../../src/auth/regulation.js';
import type { FactorKind, FactorResult } from '../../src/domain/factor.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { tempState } from '../fakes/temp-state.js';
import { MemoryStore } from '../support/memory-store.js';

const RULES = { freeTries: 5, firstDelaySeconds: 30, longestDelaySeconds: 900, lockAfter: 100, lockAfterFace: 50 };

async function regulationOver(store = new MemoryStore(), clock = new FakeClock(), rules = RULES) {
  const faults: unknown[] = [];
  const regulation = new Regulation({ store, clock, config: rules, onFault: (error) => faults.push(error) });
  await regulation.start();
  const told: LockBegun[] = [];
  regulation.onLock((lock) => told.push(lock));
  /** Answers wrongly as fast as it is looked at; how many were looked at. */
  async function guess(subject: string, factor: FactorKind, times: number): Promise<number> {
    let looked = 0;
    for (let i = 0; i < times; i++) {
      const before = regulation.judge(subject, factor);
      if (before.kind === 'wait') clock.advance(before.ms);
      if (before.kind === 'locked') continue;
      looked += 1;
      await regulation.failed(subject, factor);
    }
    return looked;
  }
  return { regulation, clock, store, faults, told, guess };
}

const disposals: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const dispose of disposals.splice(0)) await dispose();
});

describe('wrong answers', () => {
  it('D6 exactly five tries of a face are free, the sixth waits 30 s, the 51st never comes', async () => {
    const { regulation, clock, guess } = await regulationOver();
    for (let i = 0; i < 5; i++) {
      expect(regulation.judge('p_1', 'face')).toEqual({ kind: 'open' });
      const after = await regulation.failed('p_1', 'face');
      expect(after).toEqual(i < 4 ? { kind: 'open' } : { kind: 'wait', ms: 30_000 });
    }
    clock.advance(29_999);
    expect(regulation.judge('p_1', 'face')).toEqual({ kind: 'wait', ms: 1 });
    clock.advance(1);
    expect(regulation.judge('p_1', 'face')).toEqual({ kind: 'open' });
    expect(await guess('p_1', 'face', 100)).toBe(45);
    expect(regulation.judge('p_1', 'face')).toEqual({ kind: 'locked' });
    clock.advance(365 * 86_400_000);
    expect(regulation.judge('p_1', 'face')).toEqual({ kind: 'locked' });
    // Another factor is as open as before.
    expect(regulation.judge('p_1', 'password')).toEqual({ kind: 'open' });
  });

  it('B6 the 101st password in a row is refused, and nobody else waits for it', async () => {
    const { regulation, guess } = await regulationOver();
    expect(await guess('p_1', 'password', 1000)).toBe(100);
    expect(regulation.judge('p_1', 'password')).toEqual({ kind: 'locked' });
    for (const other of ['p_2', 'n_00', 'p_1x']) expect(regulation.judge(other, 'password')).toEqual({ kind: 'open' });
    for (const factor of ['pin', 'otp', 'badge', 'face'] as const)
      expect(regulation.judge('p_1', factor)).toEqual({ kind: 'open' });
  });

  it('are counted in a row: a right answer ends the count of its own factor only', async () => {
    const { regulation } = await regulationOver();
    for (let i = 0; i < 4; i++) {
      await regulation.failed('p_1', 'password');
      await regulation.failed('p_1', 'pin');
    }
    await regulation.passed('p_1', 'password');
    expect(await regulation.failed('p_1', 'password')).toEqual({ kind: 'open' });
    expect(await regulation.failed('p_1', 'pin')).toEqual({ kind: 'wait', ms: 30_000 });
  });

  it('sent at the same time are all counted, and cost two writes', async () => {
    const { regulation, store } = await regulationOver();
    await Promise.all(Array.from({ length: 60 }, () => regulation.failed('p_1', 'password')));
    expect(regulation.locksOf('p_1')).toEqual([{ factor: 'password', failures: 60, waitMs: 900_000, locked: false }]);
    expect(store.writes.length).toBeLessThanOrEqual(2);
    const again = await regulationOver(store);
    expect(again.regulation.locksOf('p_1')[0]?.failures).toBe(60);
  });

  it('that are verified one after the other get no more tries when they come at the same time', async () => {
    const { regulation, clock } = await regulationOver();
    let looked = 0;
    const verify = (outcome: FactorResult['outcome']) => async (): Promise<FactorResult> => {
      looked += 1;
      await nextTurn();
      return { kind: 'pin', outcome, reason: outcome === 'passed' ? 'ok' : 'pin_wrong', at: clock.mono() };
    };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => regulation.check('p_1', 'pin', verify('failed'))),
    );
    expect(looked).toBe(5);
    expect(answers.filter(({ result }) => result === undefined).length).toBe(45);
    expect(answers.at(-1)).toEqual({ judgement: { kind: 'wait', ms: 30_000 } });
    clock.advance(30_000);
    expect(await regulation.check('p_1', 'pin', verify('unavailable'))).toMatchObject({ judgement: { kind: 'open' } });
    expect(regulation.locksOf('p_1')[0]?.failures).toBe(5);
    await regulation.check('p_1', 'pin', verify('passed'));
    expect(regulation.locksOf('p_1')).toEqual([]);
  });

  it('do not depend on the wall clock', async () => {
    const { regulation, clock, guess } = await regulationOver();
    await guess('p_1', 'pin', 5);
    for (const jump of [1, -1, 400, -400]) {
      clock.setWall(clock.now() + jump * 86_400_000);
      expect(regulation.judge('p_1', 'pin')).toEqual({ kind: 'wait', ms: 30_000 });
    }
  });
});

describe('what a restart leaves', () => {
  it('D6 every count, lock and wait; a wait begins anew', async () => {
    const first = await regulationOver();
    await first.guess('p_1', 'face', 60);
    await first.guess('p_2', 'password', 6);
    first.clock.advance(59_000);
    expect(first.regulation.judge('p_2', 'password')).toEqual({ kind: 'wait', ms: 1000 });
    await first.regulation.stop();
    const second = await regulationOver(first.store, new FakeClock({ boot: 'fedcba9876543210' }));
    expect(second.regulation.judge('p_1', 'face')).toEqual({ kind: 'locked' });
    expect(second.regulation.judge('p_2', 'password')).toEqual({ kind: 'wait', ms: 60_000 });
    second.clock.advance(60_000);
    expect(await second.regulation.failed('p_2', 'password')).toEqual({ kind: 'wait', ms: 120_000 });
  });

  it('nothing of somebody forgotten, not in the previous copy either', async () => {
    const state = await tempState();
    disposals.push(state.dispose);
    const store = state.store();
    await store.open();
    const regulation = new Regulation({ store, clock: state.clock, config: RULES, onFault: () => {} });
    await regulation.start();
    await regulation.failed('p_leaver', 'pin');
    await regulation.failed('p_other', 'pin');
    await regulation.forget('p_leaver');
    await regulation.stop();
    await store.close();
    const files = readdirSync(state.directory).filter((name) => name.startsWith('regulation.json'));
    expect(files.sort()).toEqual(['regulation.json', 'regulation.json.prev']);
    for (const name of files) {
      const text = readFileSync(join(state.directory, name), 'utf8');
      expect(text).not.toContain('p_leaver');
      expect(text).toContain('p_other');
    }
  });
});

describe('an administrator', () => {
  it('unlocks every factor of one person, durably', async () => {
    const { regulation, store, guess } = await regulationOver();
    await guess('p_1', 'password', 100);
    await guess('p_1', 'face', 50);
    await guess('p_2', 'face', 50);
    await regulation.unlock('p_1');
    expect(regulation.locksOf('p_1')).toEqual([]);
    const again = await regulationOver(store);
    expect(again.regulation.judge('p_1', 'password')).toEqual({ kind: 'open' });
    expect(again.regulation.judge('p_2', 'face')).toEqual({ kind: 'locked' });
  });

  it('sees what waits and what is locked', async () => {
    const { regulation, guess } = await regulationOver();
    await guess('p_1', 'password', 2);
    await guess('p_2', 'face', 50);
    await guess('n_ab', 'password', 5);
    expect(regulation.locksOf('p_1')).toEqual([{ factor: 'password', failures: 2, waitMs: 0, locked: false }]);
    expect(regulation.locks()).toEqual([
      { subject: 'p_2', factor: 'face', failures: 50, waitMs: 0, locked: true },
      { subject: 'n_ab', factor: 'password', failures: 5, waitMs: 30_000, locked: false },
    ]);
  });

  it('is told once of every wait and of the lock, after it is stored', async () => {
    const rules = { ...RULES, freeTries: 2, lockAfter: 5 };
    const { regulation, told, clock, store } = await regulationOver(new MemoryStore(), new FakeClock(), rules);
    const storedWhenTold: number[] = [];
    regulation.onLock(() => storedWhenTold.push(store.writes.length));
    const end: (number | undefined)[] = [];
    for (let i = 1; i <= 7; i++) {
      await regulation.failed('p_1', 'pin');
      end.push(told.at(-1)?.untilMs);
    }
    const at = (seconds: number): number => clock.now() + seconds * 1000;
    expect(told.map(({ untilMs }) => untilMs)).toEqual([at(30), at(60), at(120), undefined]);
    expect(told.every(({ subject, factor }) => subject === 'p_1' && factor === 'pin')).toBe(true);
    expect(storedWhenTold).toEqual([2, 3, 4, 5]);
    expect(end[0]).toBeUndefined();
  });
});

describe('names that nobody has', () => {
  it('are counted like people, and forgotten beyond 2,000, oldest first; people never', async () => {
    const { regulation, store, clock } = await regulationOver();
    await Promise.all([
      ...Array.from({ length: 300 }, (_, i) => regulation.failed(`p_${i}`, 'password')),
      ...Array.from({ length: 2000 }, (_, i) => regulation.failed(`n_${i}`, 'password')),
    ]);
    // The first one is tried again, so the second one is the oldest.
    await regulation.failed('n_0', 'password');
    await regulation.failed('n_new', 'password');
    const failuresOf = (r: Regulation, subject: string): number => r.locksOf(subject)[0]?.failures ?? 0;
    const again = (await regulationOver(store, clock)).regulation;
    for (const one of [regulation, again]) {
      expect(failuresOf(one, 'n_0')).toBe(2);
      expect(failuresOf(one, 'n_1')).toBe(0);
      expect(failuresOf(one, 'n_2')).toBe(1);
      expect(failuresOf(one, 'n_new')).toBe(1);
      expect(Array.from({ length: 300 }, (_, i) => failuresOf(one, `p_${i}`)).every((n) => n === 1)).toBe(true);
    }
    await Promise.all(Array.from({ length: 3000 }, (_, i) => again.failed(`n_more${i}`, 'password')));
    expect(failuresOf(again, 'p_0')).toBe(1);
    const document = store.documents.get('regulation.json') as { subjects: { subject: string }[] };
    expect(document.subjects.filter(({ subject }) => subject.startsWith('n_')).length).toBe(2000);
    expect(document.subjects.filter(({ subject }) => subject.startsWith('p_')).length).toBe(300);
  });
});

describe('a disk that takes nothing', () => {
  it('gives nobody tries for nothing, and is reported', async () => {
    const store = new MemoryStore();
    const collection = store.collection.bind(store);
    store.collection = async (spec) => ({
      ...(await collection(spec)),
      update: () => Promise.reject(new Error('no space left')),
    });
    const { regulation, faults } = await regulationOver(store);
    for (let i = 0; i < 5; i++) await regulation.failed('p_1', 'pin');
    expect(regulation.judge('p_1', 'pin')).toEqual({ kind: 'wait', ms: 30_000 });
    expect(faults.length).toBe(5);
    await expect(regulation.forget('p_1')).rejects.toThrow('no space left');
  });
});
