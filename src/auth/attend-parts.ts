import type { Config } from '../config/schema.js';
import type { CalibrationCurve } from '../domain/calibration.js';
import type { People } from '../people/people.js';
import type { Templates } from '../people/templates.js';
import type { Clock } from '../ports/clock.js';
import type { Punches } from '../ports/punches.js';
import type { Random } from '../ports/random.js';
import type { Vision } from '../ports/vision.js';
import type { Decisions } from './decisions.js';

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
  /** Time between two frames of this camera, ms; absent: fast enough for the usual gap of a track. */
  readonly frameIntervalMs?: number;
  /** Version of the consent text in force; absent: any recorded consent counts. */
  readonly consentTextVersion?: string;
  /** Faults that change nothing of what the person sees, for the log. */
  readonly onFault?: (fault: Error) => void;
}
