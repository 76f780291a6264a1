import { describe, expect, it } from 'vitest';
import { CodeGuard, waitAfter } from '../../src/kiosk-code-guard.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { MemoryStore } from '../support/memory-store.js';

async function guardOver(store: MemoryStore, clock = new FakeClock()) {
  const faults: unknown[] = [];
  const guard = new CodeGuard({
    store,
    clock,
    verify: (code) => code === 'right',
    onFault: (error) => faults.push(error),
  });
  await guard.start();
  return { guard, clock, faults };
}

describe('wrong admin codes', () => {
  it('wait from the fifth on, longer each time, at most a minute', () => {
    const waits = [0, 4, 5, 6, 7, 10, 11, 12, 1e6].map(waitAfter);
    expect(waits).toEqual([0, 0, 1000, 2000, 4000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('are not looked at during the wait, not even the right one from elsewhere', async () => {
    const { guard, clock } = await guardOver(new MemoryStore());
    for (let i = 0; i < 5; i++) expect(await guard.judge(`${i}`, 'origin')).toEqual({ kind: 'wrong' });
    expect(await guard.judge('right', 'origin')).toEqual({ kind: 'wait', seconds: 1 });
    clock.advance(999);
    expect(await guard.judge('right', 'origin')).toEqual({ kind: 'wait', seconds: 1 });
    clock.advance(1);
    expect(await guard.judge('sixth', 'origin')).toEqual({ kind: 'wrong' });
    expect(await guard.judge('right', 'origin')).toEqual({ kind: 'wait', seconds: 2 });
    clock.advance(2000);
    expect(await guard.judge('right', 'origin')).toEqual({ kind: 'right' });
    // The count began anew.
    for (let i = 0; i < 4; i++) expect(await guard.judge(`${i}`, 'origin')).toEqual({ kind: 'wrong' });
    expect(await guard.judge('right', 'origin')).toEqual({ kind: 'right' });
  });

  it('never slow the right one at the kiosk itself, and wait there too', async () => {
    const { guard } = await guardOver(new MemoryStore());
    for (let i = 0; i < 5; i++) await guard.judge(`${i}`, 'origin');
    expect(await guard.judge('wrong', 'loopback')).toEqual({ kind: 'wait', seconds: 1 });
    expect(await guard.judge('right', 'loopback')).toEqual({ kind: 'right' });
    expect(await guard.judge('wrong', 'loopback')).toEqual({ kind: 'wrong' });
  });

  it('are counted when many come at the same time', async () => {
    const { guard } = await guardOver(new MemoryStore());
    const verdicts = await Promise.all(Array.from({ length: 50 }, (_, i) => guard.judge(`${i}`, 'origin')));
    expect(verdicts.filter(({ kind }) => kind === 'wrong').length).toBe(5);
    expect(verdicts.filter(({ kind }) => kind === 'wait').length).toBe(45);
  });

  it('count once when the same one is sent again', async () => {
    const { guard } = await guardOver(new MemoryStore());
    for (let i = 0; i < 30; i++) expect(await guard.judge('mistyped', 'origin')).toEqual({ kind: 'wrong' });
    for (let i = 0; i < 4; i++) expect(await guard.judge(`${i}`, 'origin')).toEqual({ kind: 'wrong' });
    expect(await guard.judge('mistyped', 'origin')).toEqual({ kind: 'wait', seconds: 1 });
  });

  it('do not depend on the wall clock', async () => {
    const { guard, clock } = await guardOver(new MemoryStore());
    for (let i = 0; i < 5; i++) await guard.judge(`${i}`, 'origin');
    clock.setWall(clock.now() + 365 * 86_400_000);
    expect(await guard.judge('right', 'origin')).toEqual({ kind: 'wait', seconds: 1 });
  });

  it('are remembered over a restart', async () => {
    const store = new MemoryStore();
    const first = await guardOver(store);
    for (let i = 0; i < 7; i++) {
      await first.guard.judge(`${i}`, 'origin');
      first.clock.advance(60_000);
    }
    await first.guard.stop();
    const second = await guardOver(store);
    expect(await second.guard.judge('right', 'origin')).toEqual({ kind: 'wait', seconds: 4 });
    second.clock.advance(4000);
    expect(await second.guard.judge('wrong', 'origin')).toEqual({ kind: 'wrong' });
    expect(await second.guard.judge('right', 'origin')).toEqual({ kind: 'wait', seconds: 8 });
  });

  it('are counted in memory where the disk takes nothing', async () => {
    const store = new MemoryStore();
    const collection = store.collection.bind(store);
    store.collection = async (spec) => ({
      ...(await collection(spec)),
      update: () => Promise.reject(new Error('no space left')),
    });
    const { guard, faults } = await guardOver(store);
    for (let i = 0; i < 5; i++) expect(await guard.judge(`${i}`, 'origin')).toEqual({ kind: 'wrong' });
    expect(await guard.judge('right', 'origin')).toEqual({ kind: 'wait', seconds: 1 });
    expect(faults.length).toBe(5);
  });
});
