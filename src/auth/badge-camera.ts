import { toError, VestibuleError } from '../domain/errors.js';
import { factorsOf, type Policy } from '../domain/policy.js';
import type { Vision } from '../ports/vision.js';
import type { FactorAnswer } from './attempt-parts.js';
import type { AttemptView } from './attempt-view.js';

/** What a badge may be; the same as by hand or reader (http/contract-login.ts, `badgeText`). */
const BADGE = /^[\x21-\x7e]{3,128}$/;
/** The attempt moved on meanwhile, or does not want a badge now: nobody has to hear of it. */
const OVERTAKEN = ['attempt_over', 'input_invalid', 'busy'];

export interface BadgeCameraParts {
  readonly vision: Pick<Vision, 'scanCodes'>;
  readonly attempts: {
    onKioskBusy(listener: (busy: boolean) => void): () => void;
    /** Newest open attempt at the kiosk itself. */
    atKiosk(): string | undefined;
    view(id: string): AttemptView;
    answer(id: string, answer: FactorAnswer): Promise<AttemptView>;
  };
  /** Without a badge in it the camera never looks for codes. */
  readonly policy: Policy;
  readonly onFault: (fault: Error) => void;
}

/**
 * A badge held up to the kiosk's own camera counts like one that is typed or read by a reader: it says who comes, or
 * answers the factor. Codes are looked for only while an attempt is open at the kiosk, and never for one from elsewhere.
 */
export class BadgeCamera {
  readonly #parts: BadgeCameraParts;
  #endScan: () => void = () => {};
  #endListening: () => void = () => {};

  constructor(parts: BadgeCameraParts) {
    this.#parts = parts;
  }

  start(): void {
    const { attempts, policy, vision } = this.#parts;
    if (!usesBadges(policy)) return;
    this.#endListening = attempts.onKioskBusy((busy) => {
      this.#endScan();
      this.#endScan = busy ? vision.scanCodes((text) => void this.#shown(text)) : () => {};
    });
  }

  stop(): void {
    this.#endListening();
    this.#endScan();
  }

  async #shown(badge: string): Promise<void> {
    const { attempts, onFault } = this.#parts;
    const id = attempts.atKiosk();
    if (id === undefined || !BADGE.test(badge)) return;
    try {
      if (wantsBadge(attempts.view(id))) await attempts.answer(id, { kind: 'badge', badge });
    } catch (thrown) {
      if (!(thrown instanceof VestibuleError && OVERTAKEN.includes(thrown.code))) onFault(toError(thrown));
    }
  }
}

/** Asked first: a code held up at another moment, a ticket perhaps, must not count as a wrong badge. */
function wantsBadge({ identifyBy, steps }: AttemptView): boolean {
  if (identifyBy.includes('badge')) return true;
  const asked = steps.filter((step) => step.state === 'current').flatMap((step) => step.factors);
  return asked.some(({ kind, state }) => kind === 'badge' && state === 'waiting');
}

function usesBadges({ base, rules }: Policy): boolean {
  const ways = [base, ...rules.map((rule) => rule.purposes)].flatMap((purposes) => Object.values(purposes)).flat();
  return ways.some((way) => factorsOf(way).includes('badge'));
}
