import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TakenSteps } from '../../src/auth/taken-steps.js';
import type { Store } from '../../src/ports/collection.js';
import { tempState } from '../fakes/temp-state.js';
import { MemoryStore } from '../support/memory-store.js';

async function stepsOver(store: Store = new MemoryStore()): Promise<TakenSteps> {
  const steps = new TakenSteps({ store });
  await steps.start();
  return steps;
}

/** A store whose writes fail while `isFull` says so. */
function filling(isFull: () => boolean): MemoryStore {
  const store = new MemoryStore();
  const collection = store.collection.bind(store);
  store.collection = async (spec) => {
    const whole = await collection(spec);
    return {
      ...whole,
      update: (change) => (isFull() ? Promise.reject(new Error('no space left')) : whole.update(change)),
    };
  };
  return store;
}

describe('a time step of an authenticator', () => {
  it('is taken once, and no earlier one after it, for each person', async () => {
    const steps = await stepsOver();
    expect(await steps.take('p_1', 100)).toBe(true);
    for (const used of [100, 99, 0]) expect(await steps.take('p_1', used)).toBe(false);
    expect(await steps.take('p_2', 100)).toBe(true);
    expect(await steps.take('p_1', 101)).toBe(true);
    expect(await steps.take('p_3', 0)).toBe(true);
    expect(await steps.take('p_3', 0)).toBe(false);
  });

  it('A3 is won by one of 10,000 calls at the same time, which share their writes', async () => {
    const store = new MemoryStore();
    const steps = await stepsOver(store);
    const answers = await Promise.all(Array.from({ length: 10_000 }, (_, n) => steps.take(`p_${n % 20}`, 100)));
    expect(answers.filter(Boolean).length).toBe(20);
    expect(store.writes.length).toBeLessThanOrEqual(2);
  });

  it('is stored before it is answered, and found again after a restart however old it is', async () => {
    const store = new MemoryStore();
    const steps = await stepsOver(store);
    await steps.take('p_1', 100);
    await steps.take('p_2', 9_000_000);
    for (const other of [steps, await stepsOver(store)]) {
      expect(await other.take('p_1', 100)).toBe(false);
      expect(await other.take('p_2', 8_999_999)).toBe(false);
    }
    expect(await (await stepsOver(store)).take('p_1', 101)).toBe(true);
  });

  it('passes nobody when it cannot be stored, also not who tries again', async () => {
    let isFull = true;
    const store = filling(() => isFull);
    const steps = await stepsOver(store);
    await expect(steps.take('p_1', 100)).rejects.toThrow('no space left');
    expect(await steps.take('p_1', 100)).toBe(false);
    isFull = false;
    expect(await steps.take('p_1', 100)).toBe(false);
    expect(await steps.take('p_2', 100)).toBe(true);
    // Stored together with the next one.
    expect(await (await stepsOver(store)).take('p_1', 100)).toBe(false);
  });

  it('is not taken from somebody by a file that was cut off: the copy before it goes on', async () => {
    const state = await tempState();
    const first = state.store();
    await first.open();
    const steps = await stepsOver(first);
    for (const step of [100, 101, 102]) await steps.take('p_1', step);
    await steps.stop();
    await first.close();
    const file = join(state.directory, 'code-steps.json');
    const text = readFileSync(file, 'utf8');
    for (const length of [0, 1, text.length >> 1, text.length - 1]) {
      writeFileSync(file, text.slice(0, length));
      const store = state.store();
      await store.open();
      const again = await stepsOver(store);
      expect(store.alarms().map(({ kind }) => kind)).toEqual(['recovered_from_previous']);
      expect(await again.take('p_1', 101)).toBe(false);
      await again.stop();
      await store.close();
    }
    await state.dispose();
  });
});

describe('a new secret', () => {
  it('counts from the step that confirmed it, wherever the former one stood', async () => {
    for (const former of [undefined, 50, 100, 7_000_000]) {
      const store = new MemoryStore();
      const steps = await stepsOver(store);
      if (former !== undefined) await steps.take('p_1', former);
      const order: string[] = [];
      await steps.renew('p_1', 100, async () => {
        // The former secret is in force until now.
        expect(await steps.take('p_1', Math.max(100, former ?? 0))).toBe(false);
        order.push('in force');
      });
      expect(order).toEqual(['in force']);
      for (const one of [steps, await stepsOver(store)]) expect(await one.take('p_1', 100)).toBe(false);
      expect(await (await stepsOver(store)).take('p_1', 101)).toBe(true);
    }
  });

  it('that is not stored leaves every code of the former one taken', async () => {
    const store = new MemoryStore();
    const steps = await stepsOver(store);
    await steps.take('p_1', 120);
    await expect(steps.renew('p_1', 100, () => Promise.reject(new Error('no space left')))).rejects.toThrow(
      'no space left',
    );
    for (const one of [steps, await stepsOver(store)]) expect(await one.take('p_1', 120)).toBe(false);
  });

  it('gives back no code of its own that was taken while it came into force', async () => {
    const steps = await stepsOver();
    await steps.take('p_1', 101);
    await steps.renew('p_1', 100, async () => void (await steps.take('p_1', 102)));
    expect(await steps.take('p_1', 102)).toBe(false);
  });
});

it('the file of the taken steps holds nothing of somebody forgotten, not in its previous copy either', async () => {
  const state = await tempState();
  const store = state.store();
  await store.open();
  const steps = await stepsOver(store);
  await steps.take('p_leaver', 100);
  await steps.take('p_other', 100);
  await steps.forget('p_leaver');
  const texts = readdirSync(state.directory)
    .filter((name) => name.startsWith('code-steps.json'))
    .map((name) => readFileSync(join(state.directory, name), 'utf8'));
  expect(texts.length).toBe(2);
  for (const text of texts) {
    expect(text).not.toContain('p_leaver');
    expect(text).toContain('p_other');
  }
  await steps.stop();
  await store.close();
  await state.dispose();
});
