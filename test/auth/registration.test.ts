import { afterEach, describe, expect, it } from 'vitest';
import { BURST, REFILL_MS } from '../../src/auth/registration-throttle.js';
import { hasAdministrator, setUpCode } from '../../src/people/first-admin.js';
import { importPeople } from '../../src/people/import-people.js';
import { registering } from './registering.js';

const KIOSK = { from: 'loopback' } as const;
const LAN = { from: 'lan' } as const;
const PASSWORD = 'wet plum horses sail';
const OTHER = 'seven quiet harbours';
const OPEN = { registration: { open: true } };

let rooms: Awaited<ReturnType<typeof registering>>;
afterEach(() => rooms.dispose());

function ask(more: object = {}) {
  return { name: 'Ada Lovelace', userName: 'ada', password: PASSWORD, ...more };
}

/** Only person; the test fails when there are more. */
function only(): string {
  expect(rooms.people.list()).toHaveLength(1);
  return rooms.people.list()[0]!.id;
}

describe('registering by oneself', () => {
  it('makes a person without consent and opens a session that only finishes the set-up', async () => {
    rooms = await registering(OPEN);
    const { issued, setup } = await rooms.registration.register(ask(), KIOSK);
    const id = only();
    expect(setup).toEqual({ complete: false, required: ['password', 'otp'], done: ['password'] });
    expect(issued.session).toMatchObject({ purpose: 'setup', role: 'person', person: { id, name: 'Ada Lovelace' } });
    expect(issued.session.fresh).toBe(false);
    expect(rooms.people.find(id)?.consent).toBeUndefined();
    expect(rooms.credentials.of(id)).toMatchObject({ userName: 'ada', role: 'person', registration: 'open' });
    expect(rooms.registration.mayLogin(id)).toBe(false);
    await rooms.addTotp(id);
    expect(rooms.registration.mayLogin(id)).toBe(true);
    await expect.poll(() => rooms.credentials.of(id)?.registration).toBe('complete');
    expect(rooms.faults).toEqual([]);
  });

  it('is complete only with the face where that is required, and stays so when the consent is withdrawn', async () => {
    rooms = await registering({ registration: { open: true, face: 'required' } });
    await rooms.registration.register(ask(), KIOSK);
    const id = only();
    await rooms.addTotp(id);
    expect(rooms.registration.mayLogin(id)).toBe(false);
    expect(rooms.registration.setupOf(id)).toMatchObject({ complete: false, done: ['password', 'otp'] });
    await rooms.addFace(id);
    await expect.poll(() => rooms.credentials.of(id)?.registration).toBe('complete');
    await rooms.templates.remove(id);
    await rooms.people.update(id, { consent: null });
    expect(rooms.registration.mayLogin(id)).toBe(true);
  });

  it('is refused readably where it is closed, and from elsewhere unless that is allowed', async () => {
    rooms = await registering();
    await expect(rooms.registration.register(ask(), KIOSK)).rejects.toMatchObject({ code: 'registration_closed' });
    await rooms.dispose();
    rooms = await registering(OPEN);
    await expect(rooms.registration.register(ask(), LAN)).rejects.toMatchObject({ code: 'registration_closed' });
    await rooms.dispose();
    rooms = await registering({ registration: { open: true, remote: true } });
    const { issued } = await rooms.registration.register(ask(), LAN);
    expect(issued.session.leaves).toBe(false);
  });

  it('refuses a taken name, a bad password and a bad name, and leaves nobody behind', async () => {
    rooms = await registering(OPEN);
    await rooms.registration.register(ask(), KIOSK);
    for (const [more, code] of [
      [{ userName: 'ADA' }, 'user_name_taken'],
      [{ userName: 'bob', password: 'password' }, 'password_refused'],
      [{ userName: 'bob', password: 'ada lovelace 12' }, 'password_refused'],
      [{ userName: 'b', password: OTHER }, 'input_invalid'],
      [{ userName: 'bob', name: 'B\u202eob' }, 'input_invalid'],
      [{ userName: 'bob', name: undefined }, 'input_invalid'],
      [{ userName: 'bob', invitation: 'AAAA-BBBB-CCCC-DDDD' }, 'invitation_invalid'],
    ] as const)
      await expect(rooms.registration.register(ask(more), KIOSK)).rejects.toMatchObject({ code });
    only();
  });

  it('gives one name to exactly one of six who ask at once', async () => {
    rooms = await registering(OPEN);
    const names = ['sam', 'SAM', 'Sam', 'ｓａｍ', 'sAm', ' sam '];
    const all = await Promise.allSettled(
      names.map((userName, n) => rooms.registration.register(ask({ userName, name: `Sam ${n}` }), KIOSK)),
    );
    expect(all.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    for (const one of all) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'user_name_taken' });
    expect(rooms.credentials.withUserName('sam')).toBe(only());
  });

  it('is slowed down for a place without shutting anybody out, and not for another place', async () => {
    rooms = await registering({ registration: { open: true, remote: true } });
    const guess = (caller: typeof KIOSK | typeof LAN) => rooms.registration.invitation('AAAA-BBBB-CCCC-DDDD', caller);
    for (let n = 0; n < BURST; n++) await expect(guess(LAN)).rejects.toMatchObject({ code: 'invitation_invalid' });
    await expect(guess(LAN)).rejects.toMatchObject({ code: 'busy', message: expect.stringMatching(/Wait 20 s/) });
    await expect(rooms.registration.register(ask(), LAN)).rejects.toMatchObject({ code: 'busy' });
    await rooms.registration.register(ask(), KIOSK);
    rooms.clock.advance(REFILL_MS);
    await expect(guess(LAN)).rejects.toMatchObject({ code: 'invitation_invalid' });
    await expect(guess(LAN)).rejects.toMatchObject({ code: 'busy' });
  });
});

describe('registering by invitation', () => {
  it('lets the first administrator in, once', async () => {
    rooms = await registering();
    expect(hasAdministrator(rooms.people, rooms.credentials)).toBe(false);
    const { code } = await setUpCode(rooms.invitations, 72);
    expect(await rooms.registration.invitation(code, LAN)).toEqual({
      kind: 'register',
      role: 'admin',
      expiresAt: '2026-11-24T09:00:00.000+01:00',
    });
    const { issued, setup } = await rooms.registration.register(ask({ invitation: code }), KIOSK);
    expect(issued.session).toMatchObject({ role: 'admin', purpose: 'setup' });
    expect(setup.required).toEqual(['password', 'otp']);
    expect(hasAdministrator(rooms.people, rooms.credentials)).toBe(true);
    await expect(rooms.registration.register(ask({ userName: 'eve', invitation: code }), KIOSK)).rejects.toMatchObject({
      code: 'invitation_invalid',
    });
    only();
  });

  it('counts no administrator whose account is closed', async () => {
    rooms = await registering();
    const { code } = await setUpCode(rooms.invitations, 1);
    await rooms.registration.register(ask({ invitation: code }), KIOSK);
    await rooms.people.update(only(), { active: false });
    expect(hasAdministrator(rooms.people, rooms.credentials)).toBe(false);
  });

  it('keeps name and later role of a person who has an entry', async () => {
    rooms = await registering();
    const { id } = await rooms.people.add({ name: 'Grace Hopper' });
    await rooms.credentials.change(id, (own) => ({ ...own, role: 'manager', userName: 'ghopper' }));
    const { code } = await rooms.invitations.issue({ kind: 'register', personId: id, role: 'manager', hours: 1 });
    expect(await rooms.registration.invitation(code, KIOSK)).toMatchObject({
      name: 'Grace Hopper',
      userName: 'ghopper',
    });
    await rooms.credentials.change(id, (own) => ({ ...own, role: 'person' }));
    await rooms.registration.register(ask({ name: 'Eve', userName: 'grace', invitation: code }), KIOSK);
    expect(rooms.people.nameOf(only())).toBe('Grace Hopper');
    expect(rooms.credentials.of(id)).toMatchObject({ role: 'person', userName: 'grace', registration: 'open' });
  });

  it('gives one invitation to exactly one of six who use it at once', async () => {
    rooms = await registering();
    const { code } = await rooms.invitations.issue({ kind: 'register', role: 'person', hours: 1 });
    const all = await Promise.allSettled(
      [1, 2, 3, 4, 5, 6].map((n) =>
        rooms.registration.register(ask({ userName: `person${n}`, name: `Person ${n}`, invitation: code }), KIOSK),
      ),
    );
    expect(all.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    expect(rooms.credentials.all().map((one) => one.personId)).toEqual([only()]);
  });

  it('gives the invitation back when the name was taken meanwhile', async () => {
    rooms = await registering();
    const { code } = await rooms.invitations.issue({ kind: 'register', role: 'person', hours: 1 });
    const { id } = await rooms.people.add({ name: 'Bob' });
    const late = rooms.registration.register(ask({ invitation: code }), KIOSK);
    await rooms.credentials.change(id, (own) => ({ ...own, userName: 'ada' }));
    await expect(late).rejects.toMatchObject({ code: 'user_name_taken' });
    expect(only()).toBe(id);
    await rooms.registration.register(ask({ userName: 'ada2', invitation: code }), KIOSK);
    expect(rooms.people.list()).toHaveLength(2);
  });

  it('is refused for somebody who is closed or gone', async () => {
    rooms = await registering();
    const { id } = await rooms.people.add({ name: 'Grace' });
    const { code } = await rooms.invitations.issue({ kind: 'register', personId: id, role: 'person', hours: 1 });
    await rooms.people.update(id, { active: false });
    await expect(rooms.registration.invitation(code, KIOSK)).rejects.toMatchObject({ code: 'invitation_invalid' });
    await rooms.people.remove(id);
    await expect(rooms.registration.register(ask({ invitation: code }), KIOSK)).rejects.toMatchObject({
      code: 'invitation_invalid',
    });
  });
});

describe('a reset code', () => {
  async function registered(): Promise<string> {
    rooms = await registering(OPEN);
    await rooms.registration.register(ask(), KIOSK);
    const id = only();
    await rooms.addTotp(id);
    await expect.poll(() => rooms.credentials.of(id)?.registration).toBe('complete');
    return id;
  }
  const resetCode = async (id: string): Promise<string> =>
    (await rooms.invitations.issue({ kind: 'reset', personId: id, role: 'person', hours: 1 })).code;

  it('sets a password, ends every session, forgives wrong passwords and keeps the other factors', async () => {
    const id = await registered();
    const { tokens } = await rooms.sessions.open({
      personId: id,
      role: 'person',
      purpose: 'login',
      amr: ['pwd', 'otp'],
      place: 'kiosk',
      name: 'Ada',
    });
    for (let n = 0; n < 7; n++) await rooms.regulation.failed(id, 'password');
    const invitation = await resetCode(id);
    await rooms.registration.register(ask({ password: OTHER, invitation }), LAN);
    expect(await rooms.sessions.verify(tokens.accessToken)).toBeUndefined();
    expect(rooms.regulation.judge(id, 'password')).toEqual({ kind: 'open' });
    const own = rooms.credentials.of(id)!;
    expect(own).toMatchObject({ registration: 'complete', totp: { secret: 'S' }, userName: 'ada' });
    expect((await rooms.hasher.verify(own.passwordHash, OTHER)).matches).toBe(true);
    expect(own.passwordHistory).toHaveLength(1);
  });

  it('takes neither a former password nor another user name, and is not used up by that', async () => {
    const id = await registered();
    const invitation = await resetCode(id);
    await expect(rooms.registration.register(ask({ invitation }), KIOSK)).rejects.toMatchObject({
      code: 'password_refused',
    });
    await expect(
      rooms.registration.register(ask({ userName: 'lovelace', password: OTHER, invitation }), KIOSK),
    ).rejects.toMatchObject({ code: 'input_invalid' });
    await rooms.registration.register(ask({ userName: 'ADA', password: OTHER, invitation }), KIOSK);
  });
});

describe('taking a registration up again', () => {
  it('works by name and password while it is open, and not afterwards', async () => {
    rooms = await registering(OPEN);
    await rooms.registration.register(ask(), KIOSK);
    const id = only();
    const { issued, setup } = await rooms.registration.resume({ userName: 'ADA', password: PASSWORD }, KIOSK);
    expect(issued.session).toMatchObject({ purpose: 'setup', person: { id } });
    expect(setup.done).toEqual(['password']);
    await rooms.addTotp(id);
    await expect.poll(() => rooms.credentials.of(id)?.registration).toBe('complete');
    await expect(rooms.registration.resume({ userName: 'ada', password: PASSWORD }, KIOSK)).rejects.toThrow(/Sign in/);
  });

  it('lets somebody from a former system in, and hashes his password anew', async () => {
    rooms = await registering();
    const passwordHash = 'pbkdf2_sha256$260000$Qw3rTy$/AVRf/HeXLNRVHbBT++/o4HeNoF3UnQadHN9Yn0bbTk=';
    const row = { line: 2, name: 'Ada', userName: 'ada', role: 'person', passwordHash } as const;
    const [id] = await importPeople([row], rooms, false);
    expect(rooms.registration.mayLogin(id!)).toBe(false);
    const resume = (password: string) => rooms.registration.resume({ userName: 'ada', password }, KIOSK);
    await expect(resume('swordfish and chips')).rejects.toThrow(/not right/);
    expect((await resume('swordfish-and-chips')).setup.required).toEqual(['password', 'otp']);
    await expect.poll(() => rooms.credentials.of(id!)?.passwordHash).toMatch(/^\$argon2id\$/);
    expect(rooms.credentials.of(id!)?.passwordHistory).toEqual([]);
    await resume('swordfish-and-chips');
  });

  it('works by the invitation that was used, until it expires', async () => {
    rooms = await registering();
    const { code } = await rooms.invitations.issue({ kind: 'register', role: 'person', hours: 1 });
    await expect(rooms.registration.resume({ invitation: code }, KIOSK)).rejects.toMatchObject({
      code: 'invitation_invalid',
    });
    await rooms.registration.register(ask({ invitation: code }), KIOSK);
    expect((await rooms.registration.resume({ invitation: code }, KIOSK)).setup.complete).toBe(false);
    rooms.clock.advance(3_600_000);
    await expect(rooms.registration.resume({ invitation: code }, KIOSK)).rejects.toMatchObject({
      code: 'invitation_invalid',
    });
  });

  it('answers a wrong password and an unknown name alike, up to the same wait', async () => {
    rooms = await registering(OPEN);
    await rooms.registration.register(ask(), KIOSK);
    const answers = async (userName: string) => {
      const seen: unknown[] = [];
      for (let n = 0; n < 7; n++)
        seen.push(
          await rooms.registration
            .resume({ userName, password: 'not this one' }, KIOSK)
            .catch(({ code, message, context }) => ({ code, message, context })),
        );
      return seen;
    };
    const known = await answers('ada');
    expect(known).toEqual(await answers('nobody'));
    expect(known[0]).toMatchObject({ code: 'input_invalid' });
    expect(known[6]).toMatchObject({ code: 'busy' });
    // The right password is not looked at while the wait runs.
    await expect(rooms.registration.resume({ userName: 'ada', password: PASSWORD }, KIOSK)).rejects.toMatchObject({
      code: 'busy',
    });
  });
});

describe('B1 a password is not used again', () => {
  it('for as many changes as the history says', async () => {
    rooms = await registering({ registration: { open: true }, passwords: { history: 2 } });
    await rooms.registration.register(ask(), KIOSK);
    const id = only();
    const set = (plain: string) => rooms.passwords.set(id, plain);
    await expect(set(PASSWORD)).rejects.toMatchObject({
      code: 'password_refused',
      context: { reasons: 'password_repeated' },
    });
    await expect(set('passwor')).rejects.toMatchObject({ context: { reasons: 'password_short,password_common' } });
    await set(OTHER);
    await set('third bridge of stone');
    for (const former of [PASSWORD, OTHER, 'third bridge of stone'])
      await expect(set(former)).rejects.toMatchObject({ message: expect.stringMatching(/last 3 passwords/) });
    await set('fourth lantern is green');
    await set(PASSWORD);
    expect(rooms.credentials.of(id)?.passwordHistory).toHaveLength(2);
  });

  it('and a PIN follows its own rules', async () => {
    rooms = await registering(OPEN);
    await rooms.registration.register(ask(), KIOSK);
    const id = only();
    await expect(rooms.passwords.setPin(id, '123456')).rejects.toMatchObject({
      code: 'password_refused',
      context: { reasons: 'pin_pattern' },
    });
    await rooms.passwords.setPin(id, '804913');
    expect((await rooms.hasher.verify(rooms.credentials.of(id)?.pinHash, '804913')).matches).toBe(true);
  });
});

describe('shut out and taken over', () => {
  it('somebody who was shut out while he registered gets no session', async () => {
    rooms = await registering();
    const { id } = await rooms.people.add({ name: 'Ada Lovelace' });
    const { code } = await rooms.invitations.issue({ kind: 'register', personId: id, role: 'person', hours: 1 });
    const change = rooms.credentials.change.bind(rooms.credentials);
    rooms.credentials.change = async (personId, how) => {
      await rooms.people.update(id, { active: false });
      return change(personId, how);
    };
    await expect(rooms.registration.register(ask({ invitation: code }), LAN)).rejects.toMatchObject({
      code: 'invitation_invalid',
    });
    expect(rooms.sessions.countOf(id)).toBe(0);
  });

  it('the set-up code is void once an administrator came by another way', async () => {
    rooms = await registering();
    const printed = await setUpCode(rooms.invitations, 72);
    const { code } = await rooms.invitations.issue({ kind: 'register', name: 'Ada', role: 'admin', hours: 72 });
    const other = await rooms.invitations.issue({ kind: 'register', name: 'Ben', role: 'admin', hours: 72 });
    expect(rooms.invitations.look(printed.code)).toBeDefined();
    await rooms.registration.register(ask({ invitation: code }), KIOSK);
    await expect.poll(() => rooms.invitations.look(printed.code)).toBeUndefined();
    expect(rooms.invitations.look(other.code)).toMatchObject({ name: 'Ben' });
    expect(rooms.faults).toEqual([]);
  });
});
