import { Secret, type TOTP, URI } from 'otpauth';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Argon2PasswordHasher } from '../../src/adapters/password-argon2.js';
import { commonPasswords } from '../../src/adapters/password-block-list.js';
import { Corrections } from '../../src/attendance/corrections.js';
import { Ledger } from '../../src/attendance/ledger.js';
import { CodeBudget } from '../../src/auth/code-budget.js';
import { OneTimeCodes } from '../../src/auth/factors/otp.js';
import type { ChannelId } from '../../src/auth/factors/otp-channels.js';
import { Regulation } from '../../src/auth/regulation.js';
import { TakenSteps } from '../../src/auth/taken-steps.js';
import { configSchema } from '../../src/config/schema.js';
import { normalisePassword } from '../../src/domain/password-rules.js';
import type { PoseSetup } from '../../src/http/contract-people.js';
import type { SessionFacts } from '../../src/http/parts-login.js';
import { KioskOwn, type OwnRooms } from '../../src/kiosk-own.js';
import { PAGE_CONSENT_TEXT_VERSION } from '../../src/people/consent.js';
import { Passwords } from '../../src/people/passwords.js';
import { PoseEnrolments } from '../../src/people/pose-enrolment.js';
import { punch } from '../attendance/correcting.js';
import { enrolledState } from '../fakes/enrolled.js';
import { aFace } from '../fakes/faces.js';
import { FakeMessenger } from '../fakes/fake-messenger.js';
import { FakeRandom } from '../fakes/fake-random.js';
import { seeded } from '../support/seeded.js';
import { KNOWN_GESTURE, someBody, someTake } from '../support/synthetic-bodies.js';

const OLD = 'seven quiet bridges';
const NEW = 'eleven loud ferries';
const INVALID = { code: 'input_invalid' };

let rooms: Awaited<ReturnType<typeof open>>;

async function open() {
  const state = await enrolledState();
  const { store, clock, random, credentials, people } = state;
  const config = configSchema.parse({
    zone: 'Europe/Berlin',
    site: { id: 'hq', name: 'Alder Mill' },
    otp: { channels: ['totp', 'recovery', 'twilio-sms', 'email'], countries: ['+49'] },
  });
  const fail = (error: unknown): never => {
    throw error;
  };
  const ledger = new Ledger({ store, zone: config.zone });
  const corrections = new Corrections({ store, ledger, clock, random: new FakeRandom(77), config });
  const regulation = new Regulation({ store, clock, config: config.regulation, onFault: fail });
  const budget = new CodeBudget({ store, clock, config: config.otp, onFault: fail });
  await ledger.start();
  await corrections.start();
  await regulation.start();
  await budget.start();
  const steps = new TakenSteps({ store });
  await steps.start();
  const sms = new FakeMessenger();
  const email = new FakeMessenger();
  const faults: unknown[] = [];
  const codes = new OneTimeCodes({
    clock,
    random,
    credentials,
    steps,
    messengers: new Map<ChannelId, FakeMessenger>([
      ['twilio-sms', sms],
      ['email', email],
    ]),
    budget,
    config: config.otp,
    from: 'Alder Mill',
    language: 'en',
    demo: false,
    onFault: (fault) => faults.push(fault),
  });
  const hasher = new Argon2PasswordHasher({ random, config: config.passwords });
  const passwords = new Passwords({
    hasher,
    credentials,
    people,
    isCommon: commonPasswords(),
    config,
    mayBeAlone: false,
  });
  const ended: { readonly personId: string; readonly except: string | undefined }[] = [];
  const poses = new PoseEnrolments({ ...state, onFault: fail });
  const parts: OwnRooms = {
    ...state,
    steps,
    config,
    ledger,
    corrections,
    regulation,
    codes,
    passwords,
    password: {
      verify: async (personId, plain) => {
        const stored = personId === undefined ? undefined : credentials.of(personId)?.passwordHash;
        const { matches } = await hasher.verify(stored, normalisePassword(plain));
        const outcome = matches ? 'passed' : 'failed';
        return { kind: 'password', outcome, reason: matches ? 'ok' : 'password_wrong', at: clock.mono() };
      },
    },
    sessions: { endAllOf: (personId, except) => void ended.push({ personId, except }) },
    poses,
    poseOffered: true,
    setupOf: () => ({ complete: true, required: ['password'], done: ['password'] }),
  };
  const own = new KioskOwn(parts);
  const person = await people.add({ name: 'Anna Berg' });
  await credentials.change(person.id, (one) => ({ ...one, userName: 'anna', registration: 'complete' }));
  await passwords.set(person.id, OLD);
  const session: SessionFacts = {
    sessionId: 's-1',
    personId: person.id,
    role: 'person',
    purpose: 'login',
    fresh: false,
  };
  const stop = async (): Promise<void> => {
    own.stop();
    await hasher.stop();
    await budget.stop();
    await regulation.stop();
    await corrections.stop();
    await ledger.stop();
    await state.dispose();
  };
  const id = person.id;
  const stored = () => credentials.of(id)!;
  return {
    ...state,
    parts,
    poses,
    ledger,
    corrections,
    regulation,
    codes,
    own,
    sms,
    email,
    ended,
    session,
    id,
    stored,
    hasher,
    faults,
    stop,
  };
}

beforeEach(async () => {
  rooms = await open();
});
afterEach(() => rooms.stop());

describe('the password', () => {
  const change = (current: string | undefined, next: string, fresh = false) =>
    rooms.own.changePassword({ ...rooms.session, fresh }, current, next);

  it('is changed with the present one, or in a fresh session, and every other session ends', async () => {
    await expect(change(undefined, NEW)).rejects.toMatchObject({ code: 'factors_missing' });
    await expect(change('something else', NEW)).rejects.toMatchObject({ code: 'password_refused' });
    await expect(change('something else', NEW, true)).rejects.toMatchObject({ code: 'password_refused' });
    expect(rooms.ended).toEqual([]);
    const { code } = await rooms.invitations.issue({ kind: 'reset', personId: rooms.id, role: 'person', hours: 1 });
    await change(OLD, NEW);
    expect((await rooms.hasher.verify(rooms.stored().passwordHash, NEW)).matches).toBe(true);
    expect(rooms.ended).toEqual([{ personId: rooms.id, except: 's-1' }]);
    expect(rooms.invitations.look(code)).toBeUndefined();
    await change(undefined, 'twelve slow tramways', true);
    expect((await rooms.hasher.verify(rooms.stored().passwordHash, NEW)).matches).toBe(false);
  });

  it('repeats no former one and keeps the rules; what is refused changes nothing', async () => {
    await change(OLD, NEW);
    for (const next of [NEW, OLD, 'short', 'Anna Berg', 'password1'])
      await expect(change(NEW, next)).rejects.toMatchObject({ code: 'password_refused' });
    expect((await rooms.hasher.verify(rooms.stored().passwordHash, NEW)).matches).toBe(true);
    expect(rooms.ended).toHaveLength(1);
  });

  it('guesses at the present one are slowed down as at a login', async () => {
    for (let n = 0; n < 5; n++)
      await expect(change(`guess ${n}`, NEW)).rejects.toMatchObject({ code: 'password_refused' });
    await expect(change(OLD, NEW)).rejects.toMatchObject({ code: 'busy' });
    expect(rooms.regulation.judge(rooms.id, 'password').kind).toBe('wait');
    rooms.clock.advance(60_000);
    await change(OLD, NEW);
  });

  it('a PIN is set, changed and taken away', async () => {
    await expect(rooms.own.changePin(rooms.session, '123456')).rejects.toMatchObject({ code: 'password_refused' });
    await rooms.own.changePin(rooms.session, '480217');
    expect((await rooms.hasher.verify(rooms.stored().pinHash, '480217')).matches).toBe(true);
    await rooms.own.removePin(rooms.id);
    expect(rooms.stored()).not.toHaveProperty('pinHash');
  });
});

describe('the authenticator', () => {
  it('is in force once a right code proves it; the secret has 160 bits and the code opens nothing again', async () => {
    const { secret, uri } = await rooms.own.beginTotp(rooms.id);
    expect(Secret.fromBase32(secret).bytes).toHaveLength(20);
    const app = URI.parse(uri) as TOTP;
    expect([app.issuer, app.label, app.secret.base32]).toEqual(['Alder Mill', 'anna', secret]);
    expect(rooms.stored()).not.toHaveProperty('totp');
    const code = app.generate({ timestamp: rooms.clock.now() });
    await expect(rooms.own.confirmTotp(rooms.id, code === '000000' ? '000001' : '000000')).rejects.toMatchObject(
      INVALID,
    );
    await rooms.own.confirmTotp(rooms.id, `${code.slice(0, 3)} ${code.slice(3)}`);
    expect((await rooms.own.profile(rooms.id)).factors.totp).toBe(true);
    expect((await rooms.codes.check('attempt', rooms.id, code)).result.outcome).toBe('failed');
    rooms.clock.advance(30_000);
    const next = app.generate({ timestamp: rooms.clock.now() });
    expect((await rooms.codes.check('attempt', rooms.id, next)).result.outcome).toBe('passed');
    await rooms.own.removeTotp(rooms.id);
    expect((await rooms.own.profile(rooms.id)).factors.totp).toBe(false);
  });

  it('a former one works until the new one is confirmed; five wrong codes or ten minutes end the set-up', async () => {
    const first = await rooms.own.beginTotp(rooms.id);
    const codeOf = (uri: string) => (URI.parse(uri) as TOTP).generate({ timestamp: rooms.clock.now() });
    await rooms.own.confirmTotp(rooms.id, codeOf(first.uri));
    const second = await rooms.own.beginTotp(rooms.id);
    expect(rooms.stored().totp?.secret).toBe(first.secret);
    for (let n = 0; n < 5; n++) await expect(rooms.own.confirmTotp(rooms.id, 'abcdef')).rejects.toMatchObject(INVALID);
    await expect(rooms.own.confirmTotp(rooms.id, codeOf(second.uri))).rejects.toMatchObject(INVALID);
    const third = await rooms.own.beginTotp(rooms.id);
    rooms.clock.advance(600_001);
    await expect(rooms.own.confirmTotp(rooms.id, codeOf(third.uri))).rejects.toMatchObject(INVALID);
    expect(rooms.stored().totp?.secret).toBe(first.secret);
    // The clock was years ahead when a code of the former one was taken: the new one works at once all the same.
    const before = rooms.clock.now();
    rooms.clock.setWall(Date.UTC(2040, 0, 1));
    expect((await rooms.codes.check('attempt', rooms.id, codeOf(first.uri))).result.outcome).toBe('passed');
    rooms.clock.setWall(before);
    expect((await rooms.codes.check('attempt', rooms.id, codeOf(first.uri))).result.outcome).toBe('failed');
    const again = await rooms.own.beginTotp(rooms.id);
    const shown = codeOf(again.uri);
    await rooms.own.confirmTotp(rooms.id, shown);
    expect((await rooms.codes.check('attempt', rooms.id, shown)).result.outcome).toBe('failed');
    rooms.clock.advance(30_000);
    expect((await rooms.codes.check('attempt', rooms.id, codeOf(again.uri))).result.outcome).toBe('passed');
    const others = await rooms.people.add({ name: 'Ben' });
    const fourth = await rooms.own.beginTotp(rooms.id);
    await expect(rooms.own.confirmTotp(others.id, codeOf(fourth.uri))).rejects.toMatchObject(INVALID);
  });
});

describe('telephone number and mail address', () => {
  const NUMBER = '+4915112345678';

  it('count once the code that went there came back; the page sees them masked', async () => {
    const begun = await rooms.own.beginContact(rooms.id, 'phone', '0151 1234-5678');
    expect(rooms.sms.sent).toMatchObject([{ to: NUMBER }]);
    expect(begun.destination).toMatch(/78$/);
    expect(begun.destination).not.toContain('1512345');
    expect(begun.expiresInMs).toBe(300_000);
    expect((await rooms.own.profile(rooms.id)).factors.phone).toMatchObject({ confirmed: false });
    expect((await rooms.own.profile(rooms.id)).otp).toEqual([]);
    await expect(rooms.own.confirmContact(rooms.id, 'email', rooms.sms.codeOf(NUMBER)!)).rejects.toMatchObject(INVALID);
    await expect(rooms.own.confirmContact(rooms.id, 'phone', '000')).rejects.toMatchObject(INVALID);
    await rooms.own.confirmContact(rooms.id, 'phone', rooms.sms.codeOf(NUMBER)!);
    const profile = await rooms.own.profile(rooms.id);
    expect(profile.factors.phone).toMatchObject({ confirmed: true });
    expect(profile.otp).toMatchObject([{ id: 'twilio-sms', channel: 'sms' }]);
    expect(JSON.stringify(profile)).not.toContain('12345');
    await expect(rooms.own.confirmContact(rooms.id, 'phone', rooms.sms.codeOf(NUMBER)!)).rejects.toMatchObject(INVALID);
    rooms.clock.advance(60_000);
    await rooms.own.beginContact(rooms.id, 'email', ' anna@example.org ');
    await rooms.own.confirmContact(rooms.id, 'email', rooms.email.codeOf('anna@example.org')!);
    await rooms.own.removeContact(rooms.id, 'phone');
    expect((await rooms.own.profile(rooms.id)).factors).toMatchObject({ email: { confirmed: true } });
    expect((await rooms.own.profile(rooms.id)).factors).not.toHaveProperty('phone');
  });

  it('wrong codes count and wait like at a login, over new codes too, and a lock lets nothing pass', async () => {
    await rooms.own.beginContact(rooms.id, 'phone', NUMBER);
    const confirm = (code: string) => rooms.own.confirmContact(rooms.id, 'phone', code);
    for (let n = 0; n < 5; n++) await expect(confirm('000000')).rejects.toMatchObject(INVALID);
    expect(rooms.regulation.locksOf(rooms.id)).toMatchObject([{ factor: 'otp', failures: 5 }]);
    await expect(confirm('000000')).rejects.toMatchObject({ code: 'busy', message: expect.stringContaining('30 s') });
    rooms.clock.advance(60_000);
    await rooms.own.beginContact(rooms.id, 'phone', NUMBER);
    await expect(confirm('000000')).rejects.toMatchObject(INVALID);
    expect(rooms.regulation.locksOf(rooms.id)).toMatchObject([{ factor: 'otp', failures: 6 }]);
    for (let n = 0; n < 30; n++) await rooms.regulation.failed(rooms.id, 'otp');
    await expect(confirm(rooms.sms.codeOf(NUMBER)!)).rejects.toMatchObject({ code: 'not_permitted' });
    await rooms.regulation.unlock(rooms.id);
    await confirm(rooms.sms.codeOf(NUMBER)!);
    expect(rooms.stored().phone?.confirmedAt).toBeDefined();
    expect(rooms.regulation.locksOf(rooms.id)).toEqual([]);
  });

  it('of a wrong form or another country get no message', async () => {
    for (const [kind, destination] of [
      ['phone', '+1 202 555 0123'],
      ['phone', '+49'],
      ['phone', 'call me'],
      ['phone', '+44 7400 123456'],
      ['email', 'anna'],
      ['email', 'a@example.org, b@example.org'],
      ['email', 'a@example.org\r\nBcc: b@example.org'],
    ] as const)
      await expect(rooms.own.beginContact(rooms.id, kind, destination)).rejects.toMatchObject(INVALID);
    expect([...rooms.sms.sent, ...rooms.email.sent]).toEqual([]);
    expect(rooms.stored()).not.toHaveProperty('phone');
  });

  it('puts no number in force that was asked for while another one was being confirmed', async () => {
    await rooms.own.beginContact(rooms.id, 'phone', NUMBER);
    await expect(rooms.own.confirmContact(rooms.id, 'phone', '000')).rejects.toMatchObject(INVALID);
    // The wrong code is taken back on the disk before the number is put in force.
    const passed = rooms.regulation.passed.bind(rooms.regulation);
    rooms.regulation.passed = async (subject, factor) => {
      await passed(subject, factor);
      await rooms.own.beginContact(rooms.id, 'phone', '+4915187654321');
    };
    rooms.clock.advance(60_000);
    await expect(rooms.own.confirmContact(rooms.id, 'phone', rooms.sms.codeOf(NUMBER)!)).rejects.toMatchObject(INVALID);
    expect(rooms.stored().phone).toBeUndefined();
    expect(rooms.stored().wanted).toEqual({ phone: '+4915187654321' });
  });

  it('a former one stays in force when the new one gets no message or is never confirmed', async () => {
    await rooms.own.beginContact(rooms.id, 'phone', NUMBER);
    await rooms.own.confirmContact(rooms.id, 'phone', rooms.sms.codeOf(NUMBER)!);
    const former = rooms.stored().phone!;
    rooms.clock.advance(60_000);
    rooms.sms.fault = { kind: 'fault', fault: 'destination_refused' };
    await expect(rooms.own.beginContact(rooms.id, 'phone', '+4915187654321')).rejects.toMatchObject({
      code: 'messenger_failed',
    });
    expect(rooms.stored().phone).toEqual(former);
    rooms.sms.fault = undefined;
    rooms.clock.advance(120_000);
    await rooms.own.beginContact(rooms.id, 'phone', '+4915187654321');
    const code = rooms.sms.codeOf('+4915187654321')!;
    // Asked again too early: the code that went out stays good.
    await expect(rooms.own.beginContact(rooms.id, 'phone', '+4915187654321')).rejects.toMatchObject({ code: 'busy' });
    // The former one stays in force beside it, so a restart in between takes nothing away.
    expect(rooms.stored().phone).toEqual(former);
    expect(rooms.stored().wanted).toEqual({ phone: '+4915187654321' });
    expect((await rooms.own.profile(rooms.id)).factors.phone).toMatchObject({ confirmed: true });
    rooms.clock.advance(600_001);
    expect(rooms.stored().phone).toEqual(former);
    await expect(rooms.own.confirmContact(rooms.id, 'phone', code)).rejects.toMatchObject(INVALID);
    rooms.clock.advance(600_000);
    await rooms.own.beginContact(rooms.id, 'phone', '+4915187654321');
    await rooms.own.confirmContact(rooms.id, 'phone', rooms.sms.codeOf('+4915187654321')!);
    expect(rooms.stored().phone).toMatchObject({ number: '+4915187654321', confirmedAt: expect.any(String) });
    expect(rooms.stored()).not.toHaveProperty('wanted');
  });
});

describe('recovery codes and badges', () => {
  it('ten codes of at least 50 bits, each good once; new ones void the former', async () => {
    const codes = await rooms.own.newRecoveryCodes(rooms.id);
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
    expect(JSON.stringify(rooms.stored())).not.toContain(codes[0]);
    expect((await rooms.codes.check('a', rooms.id, codes[0]!)).result.outcome).toBe('passed');
    expect((await rooms.codes.check('a', rooms.id, codes[0]!)).result.outcome).toBe('failed');
    expect((await rooms.own.profile(rooms.id)).factors.recoveryCodesLeft).toBe(9);
    await rooms.own.newRecoveryCodes(rooms.id);
    expect((await rooms.codes.check('a', rooms.id, codes[1]!)).result.outcome).toBe('failed');
  });

  it('a badge leads to its person until it is taken away, by nobody else', async () => {
    await rooms.own.addBadge(rooms.id, '04A2B3C4', 'Blue card');
    expect(rooms.credentials.withBadge('04a2b3c4')).toBe(rooms.id);
    const badge = (await rooms.own.profile(rooms.id)).factors.badges[0]!;
    const ben = await rooms.people.add({ name: 'Ben' });
    expect(await rooms.own.removeBadge(ben.id, badge.id)).toBe(false);
    expect(await rooms.own.removeBadge(rooms.id, badge.id)).toBe(true);
    expect(rooms.credentials.withBadge('04A2B3C4')).toBeUndefined();
  });
});

describe('the own face', () => {
  const consent = { textVersion: PAGE_CONSENT_TEXT_VERSION, language: 'en' };
  const picture = (which: number, who = 3) => {
    rooms.vision.stills.set(`p${who}-${which}`, [aFace({ who, which })]);
    return Buffer.from(`p${who}-${which}`);
  };

  it('is set up with consent and pictures, by its person only, and withdrawn with everything computed from it', async () => {
    await expect(rooms.own.beginFace(rooms.id, { ...consent, textVersion: '2020-01-01' })).rejects.toMatchObject(
      INVALID,
    );
    const { id, needed } = await rooms.own.beginFace(rooms.id, consent);
    const ben = await rooms.people.add({ name: 'Ben' });
    await expect(rooms.own.addFacePhoto(ben.id, id, picture(1))).rejects.toMatchObject(INVALID);
    await expect(rooms.own.commitFace(ben.id, id)).rejects.toMatchObject(INVALID);
    await rooms.own.cancelFace(ben.id, id);
    for (let which = 1; which <= needed; which++)
      expect(await rooms.own.addFacePhoto(rooms.id, id, picture(which))).toEqual({
        accepted: true,
        count: which,
        needed,
      });
    expect(await rooms.own.addFacePhoto(rooms.id, id, picture(1))).toMatchObject({
      accepted: false,
      reason: 'same_picture',
    });
    expect(await rooms.own.commitFace(rooms.id, id)).toEqual({
      person: { id: rooms.id, name: 'Anna Berg' },
      warnings: [],
    });
    expect((await rooms.own.profile(rooms.id)).factors.face).toBe(true);
    expect(rooms.people.find(rooms.id)?.consent).toMatchObject({ ...consent, recordedBy: 'person' });
    await rooms.own.removeFace(rooms.id);
    expect(rooms.templates.of(rooms.id)).toEqual([]);
    expect(rooms.people.find(rooms.id)).not.toHaveProperty('consent');
    expect((await rooms.own.profile(rooms.id)).factors).toMatchObject({ face: false, password: true });
  });
});

describe('the own body motion', () => {
  const consent = { textVersion: PAGE_CONSENT_TEXT_VERSION, language: 'en' };
  const draw = seeded(13);
  const body = someBody(draw);

  /** Begins a take, and shows it to the camera. */
  async function take(id: string): Promise<PoseSetup> {
    await rooms.own.takePose(rooms.id, id);
    const { session } = rooms.vision.measured!;
    const capture = { session, frames: 1, longestRepeat: 1, looped: 0, longestGapMs: 66, clockWentBack: false };
    rooms.clock.advance(1000);
    for (const { points } of someTake(body, KNOWN_GESTURE, draw, { variation: 0.3 }).frames) {
      rooms.vision.emit(rooms.clock.mono(), [aFace()], { body: { points }, capture });
      rooms.clock.advance(1000 / 7.5);
    }
    rooms.clock.advance(1000);
    await rooms.poses.idle();
    return rooms.own.poseSetup(rooms.id, id);
  }

  async function setUp(): Promise<void> {
    const { id } = await rooms.own.beginPose(rooms.id, consent);
    for (let n = 1; n <= 5; n++) expect(await take(id)).toMatchObject({ taken: n });
  }

  beforeEach(() => {
    rooms.vision.setStatus({ camera: 'running', networks: { body: `sha256:${'ef'.repeat(32)}` } });
  });

  it('is set up with consent by its person only, and deleted with the consent where nothing else is stored', async () => {
    await expect(rooms.own.beginPose(rooms.id, { ...consent, textVersion: '2020-01-01' })).rejects.toMatchObject(
      INVALID,
    );
    const ben = await rooms.people.add({ name: 'Ben' });
    const { id } = await rooms.own.beginPose(rooms.id, consent);
    await expect(rooms.own.poseSetup(ben.id, id)).rejects.toMatchObject(INVALID);
    await expect(rooms.own.takePose(ben.id, id)).rejects.toMatchObject(INVALID);
    await rooms.own.cancelPose(ben.id, id);
    expect(await rooms.own.poseSetup(rooms.id, id)).toMatchObject({ taken: 0 });
    await rooms.own.cancelPose(rooms.id, id);
    await expect(rooms.own.poseSetup(rooms.id, id)).rejects.toMatchObject(INVALID);
    await setUp();
    expect(await rooms.own.profile(rooms.id)).toMatchObject({
      factors: { pose: true, face: false },
      poseOffered: true,
    });
    await rooms.own.removePose(rooms.id);
    await rooms.own.removePose(rooms.id);
    expect(rooms.templates.of(rooms.id)).toEqual([]);
    expect(rooms.people.find(rooms.id)).not.toHaveProperty('consent');
    expect((await rooms.own.profile(rooms.id)).factors).toMatchObject({ pose: false, password: true });
  });

  it('leaves the face and its consent when it is deleted; the face takes it with it', async () => {
    const begun = await rooms.own.beginFace(rooms.id, consent);
    for (let which = 1; which <= begun.needed; which++) {
      rooms.vision.stills.set(`m${which}`, [aFace({ who: 5, which })]);
      await rooms.own.addFacePhoto(rooms.id, begun.id, Buffer.from(`m${which}`));
    }
    await rooms.own.commitFace(rooms.id, begun.id);
    await setUp();
    await rooms.own.removePose(rooms.id);
    expect((await rooms.own.profile(rooms.id)).factors).toMatchObject({ pose: false, face: true });
    expect(rooms.people.find(rooms.id)).toHaveProperty('consent');
    await setUp();
    // One that is under way would bring the consent back.
    const { id } = await rooms.own.beginPose(rooms.id, consent);
    await rooms.own.removeFace(rooms.id);
    expect((await rooms.own.profile(rooms.id)).factors).toMatchObject({ pose: false, face: false });
    await expect(rooms.own.takePose(rooms.id, id)).rejects.toMatchObject(INVALID);
    expect(rooms.people.find(rooms.id)).not.toHaveProperty('consent');
  });

  it('is not offered where nobody is asked for it', async () => {
    const own = new KioskOwn({ ...rooms.parts, poseOffered: false });
    expect((await own.profile(rooms.id)).poseOffered).toBe(false);
    await expect(own.beginPose(rooms.id, consent)).rejects.toMatchObject({ code: 'not_permitted' });
  });
});

describe('times and corrections', () => {
  it('answer for this person only, in the zone of the kiosk', async () => {
    await punch(rooms, rooms.id, '2026-11-20T08:00:00+01:00');
    const left = await punch(rooms, rooms.id, '2026-11-20T16:00:00+01:00', 'check_out');
    const week = await rooms.own.times(rooms.id, 'week');
    expect(week).toMatchObject({ from: '2026-11-16', to: '2026-11-22', workedMs: 8 * 3_600_000, present: false });
    await expect(rooms.own.times(rooms.id, 'week', '2026-02-30')).rejects.toMatchObject(INVALID);
    const row = await rooms.own.requestCorrection(rooms.id, {
      eventId: left.id,
      direction: 'check_out',
      at: '2026-11-20T17:00:00+01:00',
      reason: 'stayed longer',
    });
    expect(row).toMatchObject({ person: { id: rooms.id, name: 'Anna Berg' }, state: 'open', was: { at: left.at } });
    await rooms.corrections.approve(row.id, undefined);
    expect((await rooms.own.times(rooms.id, 'month', '2026-11-01')).workedMs).toBe(9 * 3_600_000);
    expect(await rooms.own.corrections(rooms.id)).toMatchObject([{ id: row.id, state: 'approved' }]);
    const ben = await rooms.people.add({ name: 'Ben' });
    expect(await rooms.own.corrections(ben.id)).toEqual([]);
    await expect(rooms.own.times('p_00000000ffff', 'week')).rejects.toMatchObject({ code: 'person_unknown' });
  });
});
