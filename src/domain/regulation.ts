import { type FactorKind, isBiometric } from './factor.js';

/** The configured section `regulation` (config/schema-login.ts). */
export interface RegulationRules {
  readonly freeTries: number;
  readonly firstDelaySeconds: number;
  readonly longestDelaySeconds: number;
  readonly lockAfter: number;
  readonly lockAfterFace: number;
}

/** What holds for one factor. */
export interface RegulationLimits {
  /** Wrong answers in a row before the first wait. */
  readonly freeTries: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** Wrong answers in a row after which the factor is closed until somebody unlocks it. */
  readonly lockAfter: number;
}

/** `wait`: not looked at before so many ms have passed. `locked`: not looked at before somebody unlocks it. */
export type Judgement =
  | { readonly kind: 'open' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'locked' };

/**
 * Most wrong one-time codes in a row. One answer is compared with at most four valid codes of a million: one that was
 * sent and three of an authenticator app (the present time step, the one before, the one after). 25 × 4 / 10^6 = 10^-4
 * is the promised chance of a hit.
 */
export const MOST_WRONG_CODES = 25;

/** Wrong runs of liveness and pose in a row before a wait (design value): a person passes the first or second one. */
const FREE_RUNS = 2;

export function regulationLimits(rules: RegulationRules, factor: FactorKind): RegulationLimits {
  const isRun = factor === 'liveness' || factor === 'pose';
  return {
    freeTries: isRun ? Math.min(FREE_RUNS, rules.freeTries) : rules.freeTries,
    firstDelayMs: rules.firstDelaySeconds * 1000,
    longestDelayMs: rules.longestDelaySeconds * 1000,
    lockAfter: lockAfter(rules, factor),
  };
}

function lockAfter(rules: RegulationRules, factor: FactorKind): number {
  if (isBiometric(factor)) return rules.lockAfterFace;
  if (factor === 'otp') return Math.min(rules.lockAfter, MOST_WRONG_CODES);
  return rules.lockAfter;
}

/** Wait after so many wrong answers in a row, ms: none below `freeTries`, then the first delay, doubled by each one. */
export function waitAfter(failures: number, limits: RegulationLimits): number {
  if (failures < limits.freeTries) return 0;
  const doublings = Math.min(32, failures - limits.freeTries);
  return Math.min(limits.longestDelayMs, limits.firstDelayMs * 2 ** doublings);
}

/**
 * Whether the next answer may be looked at.
 * @param openAt monotonic ms at which the wait after the last wrong answer ends
 * @param now monotonic ms
 */
export function judgement(failures: number, openAt: number, now: number, limits: RegulationLimits): Judgement {
  if (failures >= limits.lockAfter) return { kind: 'locked' };
  if (failures < limits.freeTries || now >= openAt) return { kind: 'open' };
  return { kind: 'wait', ms: openAt - now };
}
