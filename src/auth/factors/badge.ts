import type { FactorResult } from '../../domain/factor.js';
import type { Clock } from '../../ports/clock.js';

/** Checks badges by their number, whoever read it: an RFID reader, the camera or a keyboard. */
export class BadgeFactor {
  readonly #credentials: { withBadge(badge: string): string | undefined };
  readonly #clock: Pick<Clock, 'mono'>;

  constructor(parts: {
    readonly credentials: { withBadge(badge: string): string | undefined };
    readonly clock: Pick<Clock, 'mono'>;
  }) {
    this.#credentials = parts.credentials;
    this.#clock = parts.clock;
  }

  /** Id of the person with this badge. */
  owner(badge: string): string | undefined {
    return this.#credentials.withBadge(badge);
  }

  /** @param personId undefined for a name or badge that nobody has: never passes */
  verify(personId: string | undefined, badge: string): FactorResult {
    const owner = this.owner(badge);
    const passed = personId !== undefined && owner === personId;
    const [outcome, reason] = passed ? (['passed', 'ok'] as const) : (['failed', 'badge_unknown'] as const);
    return { kind: 'badge', outcome, reason, at: this.#clock.mono() };
  }
}
