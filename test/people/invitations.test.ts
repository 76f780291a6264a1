import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Invitations } from '../../src/people/invitations.js';
import { FakeRandom } from '../fakes/fake-random.js';
import { tempState } from '../fakes/temp-state.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const ADA = 'p_00000000ada0';
let state: Awaited<ReturnType<typeof tempState>>;
let store: ReturnType<typeof state.store>;
let invitations: Invitations;
let seed = 1;

beforeEach(async () => {
  state = await tempState();
  store = state.store();
  await store.open();
  invitations = await started();
});
afterEach(async () => {
  await store.close();
  await state.dispose();
});

async function started(): Promise<Invitations> {
  const made = new Invitations({ store, clock: state.clock, random: new FakeRandom(seed++) });
  await made.start();
  return made;
}

async function restarted(): Promise<Invitations> {
  await store.close();
  store = state.store();
  await store.open();
  return started();
}

const forAda = { kind: 'register', personId: ADA, role: 'person', hours: 72 } as const;

describe('Invitations', () => {
  it('gives a code of 80 bits that may be typed as it is read, and stores its hash only', async () => {
    const { code, expiresAt } = await invitations.issue(forAda);
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(expiresAt).toBe('2026-11-24T08:00:00.000Z');
    const plain = code.replaceAll('-', '');
    for (const typed of [code, plain, code.toLowerCase(), ` ${code.replaceAll('-', ' ')} `])
      expect(invitations.look(typed)).toMatchObject({ kind: 'register', personId: ADA, role: 'person' });
    expect(invitations.look(plain.replaceAll('0', 'o').replaceAll('1', 'l'))).toBeDefined();
    expect(invitations.look(plain.slice(1))).toBeUndefined();
    const text = await readFile(join(state.directory, 'invitations.json'), 'utf8');
    expect(text).not.toContain(plain);
    expect(text).not.toContain(code);
    expect((await restarted()).look(code)).toBeDefined();
  });

  it('lets exactly one of 20 uses at once have it, also after a restart', async () => {
    const { code } = await invitations.issue(forAda);
    const used = await Promise.all(Array.from({ length: 20 }, (_, n) => invitations.use(code, `p_${n}`)));
    expect(used.filter((one) => one !== undefined)).toHaveLength(1);
    expect(invitations.look(code)).toBeUndefined();
    expect(invitations.usedBy(code)).toBe('p_0');
    const again = await restarted();
    expect([again.look(code), await again.use(code, 'p_1'), again.usedBy(code)]).toEqual([undefined, undefined, 'p_0']);
  });

  it('can be given back when its use came to nothing', async () => {
    const { code } = await invitations.issue({ kind: 'register', name: 'Ada', role: 'admin', hours: 1 });
    const used = await invitations.use(code, ADA);
    expect(invitations.look(code)).toBeUndefined();
    await invitations.giveBack(used!);
    expect(invitations.look(code)).toMatchObject({ name: 'Ada', role: 'admin' });
  });

  it('expires to the millisecond, whatever the wall clock does meanwhile', async () => {
    const { code } = await invitations.issue(forAda);
    for (const jump of [-400 * DAY_MS, -DAY_MS, DAY_MS, 400 * DAY_MS]) {
      state.clock.setWall(state.clock.now() + jump);
      expect(invitations.look(code)).toBeDefined();
    }
    state.clock.advance(72 * HOUR_MS - 1);
    expect(invitations.look(code)).toBeDefined();
    expect((await restarted()).look(code)).toBeDefined();
    state.clock.advance(1);
    expect(invitations.look(code)).toBeUndefined();
    expect(await invitations.use(code, ADA)).toBeUndefined();
    expect(invitations.usedBy(code)).toBeUndefined();
  });

  it('goes by the wall clock after a reboot, and is not valid while that clock is far behind', async () => {
    const { code } = await invitations.issue(forAda);
    const issued = state.clock.now();
    state.clock.reboot('fedcba9876543210', 5);
    const again = await restarted();
    for (const [offset, valid] of [
      [0, true],
      [-DAY_MS, true],
      [-DAY_MS - 1, false],
      [-400 * DAY_MS, false],
      [72 * HOUR_MS - 1, true],
      [72 * HOUR_MS, false],
      [400 * DAY_MS, false],
    ] as const) {
      state.clock.setWall(issued + offset);
      expect(again.look(code) !== undefined, `${offset}`).toBe(valid);
    }
  });

  it('makes the former code of the same person void, and nobody else’s', async () => {
    const first = await invitations.issue(forAda);
    const bob = await invitations.issue({ ...forAda, personId: 'p_bob' });
    const second = await invitations.issue({ ...forAda, kind: 'reset' });
    expect(invitations.look(first.code)).toBeUndefined();
    expect(invitations.look(bob.code)).toBeDefined();
    expect(invitations.look(second.code)).toMatchObject({ kind: 'reset' });
  });

  it('keeps only the newest set-up code of a first administrator', async () => {
    const setUp = { kind: 'register', role: 'admin', hours: 1 } as const;
    const first = await invitations.issue(setUp);
    const named = await invitations.issue({ ...setUp, name: 'Ada' });
    const second = await invitations.issue(setUp);
    expect([first, named, second].map(({ code }) => invitations.look(code) !== undefined)).toEqual([false, true, true]);
  });

  it('forgets what is for or was used by a person in both copies of the file', async () => {
    const { code } = await invitations.issue({ kind: 'register', name: 'Ada Lovelace', role: 'person', hours: 1 });
    await invitations.use(code, ADA);
    const other = await invitations.issue({ ...forAda, kind: 'reset' });
    await invitations.revokeFor(ADA);
    expect([invitations.usedBy(code), invitations.look(other.code)]).toEqual([undefined, undefined]);
    for (const name of ['invitations.json', 'invitations.json.prev']) {
      const text = await readFile(join(state.directory, name), 'utf8');
      expect(text).not.toMatch(/Lovelace|p_00000000ada0/);
    }
  });
});
