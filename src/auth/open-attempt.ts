import type { Attempt, AttemptRules } from '../domain/attempt.js';
import type { GuidanceCode } from '../domain/guidance.js';
import type { Opened } from './attempt-ending.js';

/** One attempt with what belongs to it. */
export interface OpenAttempt<Issued> {
  attempt: Attempt;
  readonly rules: AttemptRules;
  /** The session that is renewed. */
  readonly stepUpOf: string | undefined;
  /** As it was typed. */
  userName?: string | undefined;
  guidance?: GuidanceCode | undefined;
  opened: Opened<Issued>;
  /**
   * What the person proved may no longer be good: it grants nothing any more. Nothing is counted either: of somebody who is
   * removed at this moment nothing is written down again.
   */
  isRevoked?: true;
  cancelTimer: () => void;
}
