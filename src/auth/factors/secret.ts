import { toError, VestibuleError } from '../../domain/errors.js';
import type { FactorResult } from '../../domain/factor.js';
import type { PersonCredentials } from '../../people/credentials.js';
import type { Clock } from '../../ports/clock.js';
import type { PasswordHasher } from '../../ports/password-hasher.js';

/** What the verifiers of password and PIN work with. */
export interface SecretFactorParts {
  readonly credentials: {
    of(personId: string): PersonCredentials | undefined;
    change(personId: string, change: (own: PersonCredentials) => PersonCredentials): Promise<unknown>;
  };
  readonly hasher: PasswordHasher;
  readonly clock: Pick<Clock, 'mono'>;
  readonly onFault: (fault: Error) => void;
}

const FACTS = {
  passwordHash: { kind: 'password', wrong: 'password_wrong' },
  pinHash: { kind: 'pin', wrong: 'pin_wrong' },
} as const;

/**
 * Compares a secret with the stored hash. Nobody, and somebody without such a hash, cost the same time and never pass.
 * A comparison that failed of itself is `unavailable`, which is never passed.
 * @throws VestibuleError `busy` when too many others are being compared: nothing was looked at
 */
export async function verifySecret(
  parts: SecretFactorParts,
  field: keyof typeof FACTS,
  personId: string | undefined,
  plain: string,
): Promise<FactorResult> {
  const { credentials, hasher, clock, onFault } = parts;
  const { kind, wrong } = FACTS[field];
  const stored = personId === undefined ? undefined : credentials.of(personId)?.[field];
  try {
    const { matches, outdated } = await hasher.verify(stored, plain);
    const passed = matches && stored !== undefined && personId !== undefined;
    // After the answer, so that nobody waits for it.
    if (passed && outdated) void renew(parts, field, personId, stored, plain).catch((error) => onFault(toError(error)));
    return { kind, outcome: passed ? 'passed' : 'failed', reason: passed ? 'ok' : wrong, at: clock.mono() };
  } catch (error) {
    if (error instanceof VestibuleError && error.code === 'busy') throw error;
    onFault(toError(error));
    return { kind, outcome: 'unavailable', reason: 'factor_unavailable', at: clock.mono() };
  }
}

/** A hash that was changed in the meantime stays as it is. */
async function renew(
  { credentials, hasher }: SecretFactorParts,
  field: keyof typeof FACTS,
  personId: string,
  stored: string,
  plain: string,
): Promise<void> {
  const hash = await hasher.hash(plain);
  await credentials.change(personId, (own) => (own[field] === stored ? { ...own, [field]: hash } : own));
}
