import type { Config } from '../config/schema.js';
import type { CalibrationCurve } from '../domain/calibration.js';
import type { FactorResult } from '../domain/factor.js';
import type { People } from '../people/people.js';
import type { Templates } from '../people/templates.js';
import type { Clock } from '../ports/clock.js';
import type { Punches } from '../ports/punches.js';
import type { Random } from '../ports/random.js';
import type { Vision } from '../ports/vision.js';
import type { Decisions } from './decisions.js';
import type { Identification } from './identification.js';

/** Why nobody is recognised for attendance: an enrolment, an attempt or a session at the kiosk. */
export type PauseReason = 'enrolment' | 'attempt' | 'session';

/** What the policy of attendance says about faces, asked anew for each person (rules depend on person and hour). */
export interface AttendPolicy {
  /** False when no way to attend begins with a face at this time: then faces are not looked at. */
  usesFace?(): boolean;
  /** The recognised face alone lets this person attend. */
  faceIsEnough(personId: string): boolean;
  /**
   * Opens an attempt that this face begins.
   * @returns its id; undefined when a face is of no use to this person, who then is treated as not recognised
   */
  needsMore(personId: string, result: FactorResult): string | undefined;
}

/** What the attend flow works with. */
export interface AttendFlowParts {
  readonly vision: Vision;
  readonly punches: Punches;
  readonly people: People;
  readonly templates: Templates;
  readonly decisions: Decisions;
  readonly clock: Clock;
  readonly random: Random;
  readonly curvesOf: (packId: string) => readonly CalibrationCurve[];
  readonly config: Pick<Config, 'recognition' | 'attendance'>;
  /** The search among all; an own one when absent. */
  readonly identification?: Identification;
  /** Absent: a recognised face lets everybody attend. */
  readonly policy?: AttendPolicy;
  /** Time between two frames of this camera, ms; absent: fast enough for the usual gap of a track. */
  readonly frameIntervalMs?: number;
  /** Version of the consent text in force; absent: any recorded consent counts. */
  readonly consentTextVersion?: string;
  /** Faults that change nothing of what the person sees, for the log. */
  readonly onFault?: (fault: Error) => void;
}
