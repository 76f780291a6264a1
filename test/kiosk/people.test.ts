import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Corrections } from '../../src/attendance/corrections.js';
import { Ledger } from '../../src/attendance/ledger.js';
import { Regulation } from '../../src/auth/regulation.js';
import { configSchema } from '../../src/config/schema.js';
import type { Role } from '../../src/domain/role.js';
import { KioskPeople } from '../../src/kiosk-people.js';
import { enrolledState } from '../fakes/enrolled.js';
import { FakeRandom } from '../fakes/fake-random.js';

const REFUSED = { code: 'not_permitted' };
const config = configSchema.parse({ zone: 'Europe/Berlin' });

let rooms: Awaited<ReturnType<typeof open>>;

async function open() {
  const state = await enrolledState();
  const { store, clock } = state;
  const ledger = new Ledger({ store, zone: config.zone });
  await ledger.start();
  const corrections = new Corrections({ store, ledger, clock, random: new FakeRandom(9), config });
  await corrections.start();
  const regulation = new Regulation({
    store,
    clock,
    config: config.regulation,
    onFault: (error) => {
      throw error;
    },
  });
  await regulation.start();
  const ended: string[] = [];
  const desk = new KioskPeople({
    ...state,
    corrections,
    regulation,
    sessions: { countOf: (id) => (id.endsWith('1') ? 1 : 0), endAllOf: (id) => void ended.push(id) },
    setupOf: () => ({ complete: true, required: ['password'], done: ['password'] }),
    invitationHours: 72,
    policyNames: (number) => number === 'G-1' || number.startsWith('p_'),
  });
  return { ...state, ledger, corrections, regulation, desk, ended };
}

/** Somebody of a role who can sign in. */
async function somebody(name: string, role: Role): Promise<string> {
  const person = await rooms.people.add({ name });
  await rooms.credentials.change(person.id, (own) => ({
    ...own,
    role,
    userName: name.toLowerCase(),
    registration: 'complete',
    passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaA',
  }));
  return person.id;
}

beforeEach(async () => {
  rooms = await open();
});
afterEach(async () => {
  await rooms.regulation.stop();
  await rooms.corrections.stop();
  await rooms.ledger.stop();
  await rooms.dispose();
});

describe('C3 removing somebody', () => {
  it('also ends what he opened while the rooms were cleared', async () => {
    const dora = await somebody('Dora', 'admin');
    await somebody('Emil', 'admin');
    const open: string[] = [];
    const removed = rooms.credentials.remove.bind(rooms.credentials);
    rooms.credentials.remove = async (id) => {
      open.push(id);
      rooms.ended.length = 0;
      await removed(id);
    };
    expect(await rooms.desk.remove(dora)).toBe(true);
    expect(open).toEqual([dora]);
    expect(rooms.ended).toEqual([dora]);
  });
});

describe('the list of people', () => {
  it('shows role, factors without the factors themselves, locks and sessions', async () => {
    const anna = await rooms.enrol(1, 'Anna', { externalId: '1007' });
    await rooms.credentials.change(anna.id, (own) => ({
      ...own,
      userName: 'anna',
      role: 'operator',
      registration: 'complete',
      passwordHash: '$argon2id$secret-hash',
      totp: { secret: 'JBSWY3DPEHPK3PXP', confirmedAt: '2026-11-20T08:00:00.000Z' },
      phone: { number: '+4915112345678', confirmedAt: '2026-11-20T08:00:00.000Z' },
      email: { address: 'anna.berg@example.org' },
      recovery: [{ hash: 'h1', usedAt: '2026-11-20T08:00:00.000Z' }, { hash: 'h2' }],
    }));
    await rooms.desk.addBadge(anna.id, '04A2B3C4', 'Blue card');
    for (let n = 0; n < 7; n++) await rooms.regulation.failed(anna.id, 'pin');
    const ben = await rooms.people.add({ name: 'Ben' });
    const [first, second] = await rooms.desk.list();
    expect(first).toMatchObject({
      id: anna.id,
      name: 'Anna',
      externalId: '1007',
      userName: 'anna',
      role: 'operator',
      active: true,
      factors: {
        password: true,
        pin: false,
        totp: true,
        phone: { confirmed: true },
        email: { confirmed: false },
        recoveryCodesLeft: 1,
        face: true,
        badges: [{ label: 'Blue card' }],
      },
      locks: [{ factor: 'pin', failures: 7, locked: false }],
    });
    expect(first!.locks[0]!.waitMs).toBeGreaterThan(0);
    expect(second).toMatchObject({ id: ben.id, role: 'person', locks: [], factors: { password: false, face: false } });
    const text = JSON.stringify([first, second]);
    for (const secret of ['secret-hash', 'JBSWY3DPEHPK3PXP', '15112345', 'anna.berg', '04A2B3C4', 'h2'])
      expect(text).not.toContain(secret);
  });
});

describe('adding', () => {
  it('answers with a code for exactly this person and role', async () => {
    const { id, invitation } = await rooms.desk.add(
      { name: 'Carla Nunes', externalId: '7', role: 'manager' },
      undefined,
    );
    expect(rooms.invitations.look(invitation.code)).toMatchObject({ kind: 'register', personId: id, role: 'manager' });
    expect(Date.parse(invitation.expiresAt)).toBe(rooms.clock.now() + 72 * 3_600_000);
    expect((await rooms.desk.list())[0]).toMatchObject({ id, role: 'manager', active: true });
  });

  it('that fails leaves nobody behind', async () => {
    await somebody('Anna', 'person');
    await expect(
      rooms.desk.add({ name: 'Another', userName: 'ANNA', role: 'person' }, undefined),
    ).rejects.toMatchObject({ code: 'user_name_taken' });
    expect((await rooms.desk.list()).map(({ name }) => name)).toEqual(['Anna']);
  });
});

describe('who may act on whom', () => {
  const ROLES: readonly Role[] = ['person', 'operator', 'manager', 'admin'];

  it('staff act on people of a lesser role only, an administrator and the admin code on everybody', async () => {
    const ids = Object.fromEntries(
      await Promise.all(ROLES.map(async (role) => [role, await somebody(`the ${role}`, role)])),
    ) as Record<Role, string>;
    await somebody('other admin', 'admin');
    const tried: string[] = [];
    const allowed: string[] = [];
    for (const actor of [...ROLES, undefined]) {
      for (const target of ROLES) {
        const by = actor === undefined ? undefined : ids[actor];
        const deeds = {
          unlock: () => rooms.desk.unlock(ids[target], by),
          reset: () => rooms.desk.invite(ids[target], 'reset', by),
          rename: () => rooms.desk.change(ids[target], { name: `The ${target}` }, by),
        };
        for (const [deed, act] of Object.entries(deeds)) {
          const name = `${actor ?? 'code'} ${deed} ${target}`;
          tried.push(name);
          await act().then(
            () => allowed.push(name),
            (error: unknown) => expect([name, error]).toMatchObject([name, REFUSED]),
          );
        }
      }
    }
    const outranks = (actor: string, target: string) =>
      actor === 'admin' || actor === 'code' || ROLES.indexOf(actor as Role) > ROLES.indexOf(target as Role);
    expect(tried).toHaveLength(60);
    expect(allowed).toEqual(tried.filter((name) => outranks(name.split(' ')[0]!, name.split(' ')[2]!)));
  });

  it('only administrators change roles, close accounts, add people and give registration codes', async () => {
    const manager = await somebody('Mara', 'manager');
    const person = await somebody('Paul', 'person');
    for (const act of [
      () => rooms.desk.change(person, { role: 'operator' }, manager),
      () => rooms.desk.change(person, { active: false }, manager),
      () => rooms.desk.add({ name: 'X', role: 'person' }, manager),
      () => rooms.desk.invite(person, 'register', manager),
    ])
      await expect(act()).rejects.toMatchObject(REFUSED);
    expect(rooms.credentials.of(person)?.role).toBe('person');
    expect(rooms.people.find(person)?.active).toBe(true);
  });

  it('nobody changes his own role, and the last administrator stays', async () => {
    const first = await somebody('First', 'admin');
    const second = await somebody('Second', 'admin');
    // Invited only: nobody can sign in as this one.
    await rooms.desk.add({ name: 'Invited', role: 'admin' }, first);
    await expect(rooms.desk.change(first, { role: 'person' }, first)).rejects.toMatchObject(REFUSED);
    await expect(rooms.desk.change(first, { active: false }, first)).rejects.toMatchObject(REFUSED);
    const both = await Promise.allSettled([
      rooms.desk.change(first, { role: 'person' }, second),
      rooms.desk.change(second, { active: false }, first),
    ]);
    // What the second one wanted is refused: the first one took the role away, so he is no administrator any more.
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    for (const act of [
      () => rooms.desk.change(second, { active: false }, undefined),
      () => rooms.desk.change(second, { role: 'manager' }, undefined),
      () => rooms.desk.remove(second),
    ])
      await expect(act()).rejects.toMatchObject(REFUSED);
    await rooms.desk.change(second, { name: 'Second to None' }, second);
    expect(rooms.people.find(second)?.name).toBe('Second to None');
    expect(await rooms.desk.remove(first)).toBe(true);
  });
});

describe('changes', () => {
  it('of role or activity end the sessions and void the codes; a refused number changes nothing', async () => {
    const admin = await somebody('Ada', 'admin');
    const paul = await somebody('Paul', 'person');
    await rooms.people.update(admin, { externalId: '1' });
    const { code } = await rooms.desk.invite(paul, 'reset', admin);
    await expect(
      rooms.desk.change(paul, { name: 'Paula', externalId: '1', role: 'operator' }, admin),
    ).rejects.toMatchObject({ code: 'person_exists' });
    expect(rooms.people.find(paul)).toMatchObject({ name: 'Paul' });
    expect(rooms.credentials.of(paul)?.role).toBe('person');
    expect(rooms.invitations.look(code)).toBeDefined();
    await rooms.desk.change(paul, { role: 'operator', externalId: '2' }, admin);
    expect(rooms.invitations.look(code)).toBeUndefined();
    expect(rooms.ended).toEqual([paul]);
    await rooms.desk.change(paul, { active: false, externalId: null }, admin);
    expect(rooms.people.find(paul)).not.toHaveProperty('externalId');
    expect(rooms.ended).toEqual([paul, paul]);
    await expect(rooms.desk.invite(paul, 'reset', admin)).rejects.toMatchObject({ code: 'input_invalid' });
    await expect(rooms.desk.invite('p_00000000ffff', 'reset', admin)).rejects.toMatchObject({ code: 'person_unknown' });
  });

  it('an unlock ends every wait; badges come and go', async () => {
    const admin = await somebody('Ada', 'admin');
    const paul = await somebody('Paul', 'person');
    for (let n = 0; n < 9; n++) await rooms.regulation.failed(paul, 'password');
    await rooms.desk.unlock(paul, admin);
    expect(rooms.regulation.judge(paul, 'password')).toEqual({ kind: 'open' });
    await rooms.desk.addBadge(paul, 'CARD-1', 'Card');
    await expect(rooms.desk.addBadge(admin, 'card-1', 'Stolen')).rejects.toMatchObject({ code: 'input_invalid' });
    const badge = (await rooms.desk.list()).find(({ id }) => id === paul)!.factors.badges[0]!;
    expect(await rooms.desk.removeBadge(paul, 'b_nothing')).toBe(false);
    expect(await rooms.desk.removeBadge(paul, badge.id)).toBe(true);
  });

  it('a removal leaves nothing of the person in any document, nor in its previous copy', async () => {
    await somebody('Ada', 'admin');
    const anna = await rooms.enrol(2, 'Anna Unmistakable', { externalId: 'NR-4711' });
    await rooms.credentials.change(anna.id, (own) => ({ ...own, userName: 'unmistakable' }));
    await rooms.desk.invite(anna.id, 'reset', undefined);
    await rooms.regulation.failed(anna.id, 'pin');
    await rooms.corrections.request(anna.id, {
      direction: 'check_in',
      at: '2026-11-20T08:00:00Z',
      reason: 'SECRET-REASON',
    });
    expect(await rooms.desk.remove(anna.id)).toBe(true);
    expect(await rooms.desk.remove(anna.id)).toBe(false);
    expect(rooms.ended).toContain(anna.id);
    for (const name of ['credentials', 'invitations', 'regulation', 'corrections'])
      for (const file of [`${name}.json`, `${name}.json.prev`])
        expect([file, readFileSync(join(rooms.directory, file), 'utf8')]).toEqual([
          file,
          expect.not.stringMatching(new RegExp(`${anna.id}|unmistakable|SECRET-REASON|NR-4711`, 'i')),
        ]);
  });
});

describe('numbers that the policy names', () => {
  it('are given and taken by administrators only: they decide what a person may do', async () => {
    const admin = await somebody('Dora', 'admin');
    const manager = await somebody('Max', 'manager');
    const guard = await somebody('Gus', 'person');
    const friend = await somebody('Fritz', 'person');
    await rooms.desk.change(guard, { externalId: 'G-1' }, admin);
    await expect(rooms.desk.change(guard, { externalId: null }, manager)).rejects.toMatchObject(REFUSED);
    await expect(rooms.desk.change(guard, { externalId: '77' }, manager)).rejects.toMatchObject(REFUSED);
    await rooms.desk.change(guard, { externalId: '77' }, admin);
    for (const externalId of ['G-1', ' G-1 ', guard])
      await expect(rooms.desk.change(friend, { externalId }, manager)).rejects.toMatchObject(REFUSED);
    expect(rooms.people.find(friend)).not.toHaveProperty('externalId');
    await rooms.desk.change(friend, { externalId: '78' }, manager);
    // The same number again, with another name, is no change of it.
    await rooms.desk.change(friend, { externalId: 'G-1' }, admin);
    await rooms.desk.change(friend, { name: 'Friedrich', externalId: 'G-1' }, manager);
    expect(rooms.people.find(friend)).toMatchObject({ name: 'Friedrich', externalId: 'G-1' });
  });
});

describe('corrections', () => {
  it('are listed with names and judged by somebody else', async () => {
    const mara = await somebody('Mara', 'manager');
    const paul = await somebody('Paul', 'person');
    const asked = await rooms.corrections.request(paul, {
      direction: 'check_in',
      at: '2026-11-20T08:00:00Z',
      reason: 'r',
    });
    const own = await rooms.corrections.request(mara, {
      direction: 'check_in',
      at: '2026-11-20T08:00:00Z',
      reason: 'r',
    });
    expect(await rooms.desk.corrections()).toMatchObject([
      { id: own.id, person: { name: 'Mara' }, state: 'open' },
      { id: asked.id, person: { id: paul, name: 'Paul' }, direction: 'check_in', at: '2026-11-20T09:00:00.000+01:00' },
    ]);
    await expect(rooms.desk.judgeCorrection(own.id, { verdict: 'approve' }, mara)).rejects.toMatchObject(REFUSED);
    expect(await rooms.desk.judgeCorrection(asked.id, { verdict: 'approve', note: 'ok' }, mara)).toMatchObject({
      state: 'approved',
      decidedBy: { id: mara, name: 'Mara' },
      note: 'ok',
    });
    expect(await rooms.desk.judgeCorrection(own.id, { verdict: 'reject' }, undefined)).toMatchObject({
      state: 'rejected',
    });
    expect(rooms.ledger.span().newest).toBe(1);
  });
});
