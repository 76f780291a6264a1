import * as OTPAuth from 'otpauth';
import type { AttemptsParts, SessionOrder } from '../../src/auth/attempt-parts.js';
import { Attempts } from '../../src/auth/attempts.js';
import { CodeBudget } from '../../src/auth/code-budget.js';
import { Decisions } from '../../src/auth/decisions.js';
import { BadgeFactor } from '../../src/auth/factors/badge.js';
import { OneTimeCodes } from '../../src/auth/factors/otp.js';
import type { ChannelId } from '../../src/auth/factors/otp-channels.js';
import { PasswordFactor } from '../../src/auth/factors/password.js';
import { PinFactor } from '../../src/auth/factors/pin.js';
import { Regulation } from '../../src/auth/regulation.js';
import { TakenSteps } from '../../src/auth/taken-steps.js';
import { configSchema } from '../../src/config/schema.js';
import type { Decision } from '../../src/domain/decision.js';
import type { Person } from '../../src/domain/person.js';
import { policyOf } from '../../src/domain/policy-written.js';
import type { Role } from '../../src/domain/role.js';
import { Credentials } from '../../src/people/credentials.js';
import { People } from '../../src/people/people.js';
import type { CodeMessenger } from '../../src/ports/messenger.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { FakeFaces } from '../fakes/fake-faces.js';
import { FakeHasher } from '../fakes/fake-hasher.js';
import { FakeLiveness } from '../fakes/fake-liveness.js';
import { FakeRandom } from '../fakes/fake-random.js';
import { MemoryStore } from './memory-store.js';

export const SUBJECT_KEY = new Uint8Array(32).fill(7);
export const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
export const ADA = { userName: 'ada', password: 'correct horse battery', pin: '482916', badge: '04A1B2C3D4' };

/** A session as it was handed out. */
export interface Issued {
  readonly order: SessionOrder;
}

/** Attempts over real people, credentials, regulation, codes and journal in memory; camera and hashing are fakes. */
export async function attemptRoom(settings: object = {}, more: Partial<AttemptsParts<Issued>> = {}) {
  const config = configSchema.parse({
    zone: 'Europe/Berlin',
    otp: { channels: ['totp', 'recovery', 'twilio-sms'], countries: ['+49'] },
    ...settings,
  });
  const clock = new FakeClock();
  const random = new FakeRandom(11);
  const store = new MemoryStore();
  const key = SUBJECT_KEY;
  const keySource = { level: 0, description: 'of the test', key: async () => ({ kid: '0'.repeat(16), key }) } as const;
  const faults: unknown[] = [];
  const onFault = (fault: unknown): void => void faults.push(fault);
  const people = new People({ store, clock, random });
  const credentials = new Credentials({ store, random, keySource, clock });
  const regulation = new Regulation({ store, clock, config: config.regulation, onFault });
  const budget = new CodeBudget({ store, clock, config: config.otp, onFault });
  await people.start();
  await credentials.start();
  await regulation.start();
  await budget.start();
  const steps = new TakenSteps({ store });
  await steps.start();
  /** Messages that went out. */
  const sent: { to: string; code: string }[] = [];
  const sms: CodeMessenger = {
    kind: 'carrier',
    send: async (to, { code }) => {
      sent.push({ to, code });
      return { kind: 'sent' };
    },
  };
  const codes = new OneTimeCodes({
    clock,
    random,
    credentials,
    steps,
    messengers: new Map<ChannelId, CodeMessenger>([['twilio-sms', sms]]),
    budget,
    config: config.otp,
    from: 'Test',
    language: 'en',
    demo: false,
    onFault,
  });
  const hasher = new FakeHasher();
  const faces = new FakeFaces(
    () => clock.mono(),
    (id) => people.find(id) !== undefined,
  );
  const liveness = new FakeLiveness(() => clock.mono());
  const journal = new Decisions({ store, clock, zone: config.zone });
  const orders: SessionOrder[] = [];
  const steppedUp: { sessionId: string; amr: readonly string[] }[] = [];
  const admitted: Decision[] = [];
  const told: Decision[] = [];
  const attempts = new Attempts<Issued>({
    clock,
    random,
    people,
    credentials,
    policy: policyOf(config.policy),
    regulation,
    passwords: new PasswordFactor({ credentials, hasher, clock, onFault }),
    pins: new PinFactor({ credentials, hasher, clock, onFault }),
    badges: new BadgeFactor({ credentials, clock }),
    codes,
    faces,
    liveness,
    decisions: journal,
    sessions: {
      open: async (order) => {
        orders.push(order);
        return { order };
      },
      stepUp: (sessionId, amr) => {
        steppedUp.push({ sessionId, amr });
        return true;
      },
    },
    admit: async (decision) => void admitted.push(decision),
    zone: config.zone,
    subjectKey: key,
    onFault,
    ...more,
  });
  attempts.onDecision((decision) => told.push(decision));

  /** Adds somebody with every factor. */
  const enrol = async (
    who: { userName: string; password?: string; pin?: string; badge?: string },
    facts: { role?: Role; externalId?: string; face?: boolean; totp?: boolean; phone?: string } = {},
  ): Promise<Person> => {
    const { role = 'person', externalId, face = true, totp = true, phone } = facts;
    const consent = { textVersion: '1', language: 'en', recordedBy: 'administrator' } as const;
    const person = await people.add({ name: who.userName.toUpperCase(), consent, ...(externalId && { externalId }) });
    const passwordHash = who.password === undefined ? undefined : await hasher.hash(who.password);
    const pinHash = who.pin === undefined ? undefined : await hasher.hash(who.pin);
    await credentials.change(person.id, (own) => ({
      ...own,
      userName: who.userName,
      role,
      registration: 'complete',
      ...(passwordHash && { passwordHash }),
      ...(pinHash && { pinHash }),
      ...(totp && { totp: { secret: SECRET, confirmedAt: person.createdAt } }),
      ...(phone && { phone: { number: phone, confirmedAt: person.createdAt } }),
    }));
    if (who.badge !== undefined) await credentials.addBadge(person.id, who.badge, 'card');
    if (face) faces.enrolled.add(person.id);
    return person;
  };
  /** The code of the authenticator app now. */
  const totp = (): string =>
    new OTPAuth.TOTP({ secret: OTPAuth.Secret.fromBase32(SECRET) }).generate({ timestamp: clock.now() });
  /** Lets work go on that nobody waits for. */
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 40; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const facts = {
    clock,
    store,
    people,
    credentials,
    regulation,
    codes,
    hasher,
    faces,
    liveness,
    journal,
    faults,
    sent,
  };
  return { ...facts, attempts, orders, steppedUp, admitted, told, enrol, totp, settle };
}

export const KIOSK = { from: 'loopback', admin: false } as const;
export const LAN = { from: 'lan', admin: false } as const;
