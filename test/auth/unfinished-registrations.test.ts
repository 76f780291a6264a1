import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UnfinishedRegistrations } from '../../src/auth/unfinished-registrations.js';
import { registering } from './registering.js';

const KIOSK = { from: 'loopback' } as const;
const HOUR_MS = 3_600_000;
const HOURS = 72;

let rooms: Awaited<ReturnType<typeof registering>>;
let unfinished: UnfinishedRegistrations;
let punched: Set<string>;
let removed: number;
beforeEach(async () => {
  rooms = await registering({ registration: { open: true } });
  punched = new Set();
  removed = 0;
  unfinished = new UnfinishedRegistrations({
    rooms,
    clock: rooms.clock,
    hours: HOURS,
    sessions: rooms.sessions,
    hasPunched: async (personId) => punched.has(personId),
    onRemoved: (count) => {
      removed += count;
    },
    onFault: (fault) => rooms.faults.push(fault),
  });
});
afterEach(async () => {
  await unfinished.stop();
  expect(rooms.faults).toEqual([]);
  await rooms.dispose();
});

/** Registers somebody, whose session is over then. */
async function register(more: object = {}): Promise<string> {
  const request = { name: 'Ada Lovelace', userName: 'ada', password: 'wet plum horses sail', ...more };
  const { issued } = await rooms.registration.register(request, KIOSK);
  rooms.sessions.endAllOf(issued.session.person.id);
  return issued.session.person.id;
}

async function look(): Promise<void> {
  unfinished.start();
  await unfinished.idle();
}

/** Hours by the clock, with all the looks of that time. */
async function pass(hours: number): Promise<void> {
  for (let hour = 0; hour < hours; hour++) {
    rooms.clock.advance(HOUR_MS);
    await unfinished.idle();
  }
}

describe('a registration that is never finished', () => {
  it('is removed with its credentials after the life of an invitation, and its user name is free again', async () => {
    const id = await register();
    await look();
    await pass(HOURS - 1);
    expect(rooms.people.find(id)).toBeDefined();
    await pass(1);
    expect([rooms.people.list(), rooms.credentials.all(), removed]).toEqual([[], [], 1]);
    expect(await register()).not.toBe(id);
  });

  it('stays when it was finished, and nothing is kept of its beginning', async () => {
    const id = await register();
    expect(rooms.credentials.of(id)?.begun).toMatchObject({ at: '2026-11-21T08:00:00.000Z' });
    await rooms.addTotp(id);
    await expect.poll(() => rooms.credentials.of(id)?.registration).toBe('complete');
    expect(rooms.credentials.of(id)).not.toHaveProperty('begun');
    await look();
    await pass(HOURS + 1);
    expect(rooms.people.find(id)).toBeDefined();
  });

  it.each([
    ['has a badge', (id: string) => rooms.credentials.addBadge(id, '04A1', 'card')],
    ['has a face', (id: string) => rooms.addFace(id)],
    ['has a number', (id: string) => rooms.people.update(id, { externalId: '17' })],
    ['is staff', (id: string) => rooms.credentials.change(id, (own) => ({ ...own, role: 'manager' }))],
    [
      'was invited',
      (id: string) => rooms.invitations.issue({ kind: 'register', personId: id, role: 'person', hours: 99 }),
    ],
    ['has punched', async (id: string) => punched.add(id)],
  ])('stays when the person %s', async (_name, make) => {
    const id = await register();
    await make(id);
    await look();
    await pass(HOURS + 1);
    expect([rooms.people.list().length, removed]).toEqual([1, 0]);
  });

  it('is removed with a pose signature, which is no face', async () => {
    const id = await register();
    const pose = { id: 't2', personId: id, kind: 'pose', pack: 'motion', modelHash: 'sha256:b' } as const;
    const values = { vector: Float32Array.of(1), samples: [Float32Array.of(1)], createdAt: '2026-11-21T08:00:00.000Z' };
    await rooms.templates.put({ ...pose, ...values });
    await look();
    await pass(HOURS + 1);
    expect([rooms.people.list(), rooms.templates.all(), removed]).toEqual([[], [], 1]);
  });

  it('stays while the person is at it', async () => {
    const request = { name: 'Bob', userName: 'bob', password: 'wet plum horses sail' };
    await rooms.registration.register(request, KIOSK);
    await pass(HOURS);
    const { issued } = await rooms.registration.resume({ userName: 'bob', password: request.password }, KIOSK);
    await look();
    expect(rooms.people.find(issued.session.person.id)).toBeDefined();
    await pass(1);
    expect(rooms.people.list()).toEqual([]);
  });

  it('stays when an administrator added the person', async () => {
    const known = await rooms.people.add({ name: 'Cy' });
    const order = { kind: 'register', personId: known.id, role: 'person', hours: 1 } as const;
    const { code } = await rooms.invitations.issue(order);
    await register({ userName: 'cy', invitation: code });
    expect(rooms.credentials.of(known.id)).not.toHaveProperty('begun');
    await look();
    await pass(HOURS + 1);
    expect(rooms.people.find(known.id)).toBeDefined();
  });

  it('counts monotonic time within a boot: a wall clock that jumps removes nobody early and keeps nobody', async () => {
    const id = await register();
    rooms.clock.setWall(Date.UTC(2040, 0, 1));
    await look();
    await pass(HOURS - 1);
    expect(rooms.people.find(id)).toBeDefined();
    rooms.clock.setWall(Date.UTC(2020, 0, 1));
    await pass(1);
    expect(rooms.people.find(id)).toBeUndefined();
  });

  it('counts the wall clock over a restart of the machine, while it can be trusted', async () => {
    const id = await register();
    rooms.clock.reboot('fedcba9876543210');
    rooms.clock.setSync('none');
    rooms.clock.setWall(Date.UTC(2040, 0, 1));
    await look();
    expect(rooms.people.find(id)).toBeDefined();
    rooms.clock.setSync('ntp');
    rooms.clock.setWall(Date.UTC(2026, 10, 21, 8) + (HOURS - 1) * HOUR_MS);
    await look();
    expect(rooms.people.find(id)).toBeDefined();
    await pass(1);
    expect(rooms.people.find(id)).toBeUndefined();
  });

  it('begins anew after a restart when the clock could not be trusted at its beginning', async () => {
    rooms.clock.setSync('none');
    rooms.clock.setWall(Date.UTC(2000, 0, 1));
    const id = await register();
    rooms.clock.reboot('fedcba9876543210');
    rooms.clock.setSync('ntp');
    rooms.clock.setWall(Date.UTC(2026, 10, 21));
    await look();
    await pass(HOURS - 1);
    expect(rooms.people.find(id)).toBeDefined();
    await pass(1);
    expect(rooms.people.find(id)).toBeUndefined();
  });
});
