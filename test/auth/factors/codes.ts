import { ScreenMessenger } from '../../../src/adapters/messenger-screen.js';
import { CodeBudget } from '../../../src/auth/code-budget.js';
import { OneTimeCodes, type OtpSettings } from '../../../src/auth/factors/otp.js';
import type { ChannelId } from '../../../src/auth/factors/otp-channels.js';
import { hashRecoveryCode } from '../../../src/auth/factors/recovery-codes.js';
import { TakenSteps } from '../../../src/auth/taken-steps.js';
import { Credentials, type PersonCredentials } from '../../../src/people/credentials.js';
import type { Store } from '../../../src/ports/collection.js';
import type { KeySource } from '../../../src/ports/key-source.js';
import type { CodeMessenger, CodeProvider } from '../../../src/ports/messenger.js';
import { FakeClock } from '../../fakes/fake-clock.js';
import { FakeCodeProvider, FakeMessenger } from '../../fakes/fake-messenger.js';
import { FakeRandom } from '../../fakes/fake-random.js';
import { MemoryStore } from '../../support/memory-store.js';

/** A 160-bit secret in base32. */
export const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
export const NUMBER = '+4915112345678';
export const ADDRESS = 'jo@example.org';
export const SETTINGS: OtpSettings & { readonly dailyMessages: number } = {
  channels: ['totp', 'recovery', 'twilio-sms', 'twilio-verify-sms', 'email'],
  digits: 6,
  lifeSeconds: 300,
  countries: ['+49'],
  dailyMessages: 200,
};
const CONFIRMED = '2026-11-01T08:00:00.000Z';

const keySource: KeySource = {
  level: 0,
  description: 'a key of the test',
  key: async () => ({ kid: '0123456789abcdef', key: new Uint8Array(32).fill(7) }),
};

/** What a person has in the tests, as far as it is named. */
export interface Having {
  readonly phone?: string;
  readonly unconfirmedPhone?: string;
  readonly email?: string;
  readonly totp?: string;
  readonly recovery?: readonly string[];
}

export function credentialsWith(personId: string, having: Having): (own: PersonCredentials) => PersonCredentials {
  const { phone, unconfirmedPhone, email, totp, recovery } = having;
  return (own) => ({
    ...own,
    ...(phone !== undefined && { phone: { number: phone, confirmedAt: CONFIRMED } }),
    ...(unconfirmedPhone !== undefined && { phone: { number: unconfirmedPhone } }),
    ...(email !== undefined && { email: { address: email, confirmedAt: CONFIRMED } }),
    ...(totp !== undefined && { totp: { secret: totp, confirmedAt: CONFIRMED } }),
    ...(recovery !== undefined && { recovery: recovery.map((code) => ({ hash: hashRecoveryCode(personId, code) })) }),
  });
}

/** Codes over real credentials and a real budget; messengers keep what was sent. */
export async function codesOver(
  parts: {
    readonly store?: Store;
    readonly clock?: FakeClock;
    readonly seed?: number;
    readonly settings?: Partial<typeof SETTINGS>;
    readonly demo?: boolean;
    readonly messengers?: ReadonlyMap<ChannelId, CodeMessenger | CodeProvider>;
    readonly credentials?: Pick<Credentials, 'of' | 'change'>;
    readonly steps?: Pick<TakenSteps, 'take'>;
  } = {},
) {
  const { store = new MemoryStore(), clock = new FakeClock(), seed = 1, demo = false } = parts;
  const settings = { ...SETTINGS, ...parts.settings };
  const random = new FakeRandom(seed);
  const faults: unknown[] = [];
  const onFault = (error: unknown): void => void faults.push(error);
  const stored = new Credentials({ store, random, keySource, clock });
  await stored.start();
  const budget = new CodeBudget({ store, clock, config: settings, onFault });
  await budget.start();
  const taken = new TakenSteps({ store });
  await taken.start();
  const [sms, email] = [new FakeMessenger(), new FakeMessenger()];
  const shown: string[] = [];
  const screen = new ScreenMessenger((code) => shown.push(code));
  const verify = new FakeCodeProvider(clock);
  const messengers =
    parts.messengers ??
    new Map<ChannelId, CodeMessenger | CodeProvider>([
      ['twilio-sms', sms],
      ['twilio-verify-sms', verify],
      ['email', email],
      ['screen', screen],
    ]);
  const { credentials = stored, steps = taken } = parts;
  const codes = new OneTimeCodes({
    ...{ clock, random, credentials, steps, messengers, budget, demo, onFault },
    config: settings,
    from: 'Library, kiosk 1',
    language: 'en',
  });
  const add = (personId: string, having: Having): Promise<unknown> =>
    stored.change(personId, credentialsWith(personId, having));
  return { codes, clock, store, budget, taken, credentials: stored, sms, email, shown, verify, faults, add };
}

/** A code of the same length that is wrong. */
export function otherCode(code: string): string {
  return `${(Number(code[0]) + 1) % 10}${code.slice(1)}`;
}
