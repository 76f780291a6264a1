import type { Direction } from './attendance.js';
import type { FaultCode } from './errors.js';
import type { GuidanceCode } from './guidance.js';
import type { Reason } from './reason.js';

/** Who is shown on the page. */
export interface ShownPerson {
  readonly id: string;
  readonly name: string;
}

/** What the kiosk shows at this moment. One at a time; every change is an SSE message. */
export type Moment =
  | { readonly kind: 'idle' }
  | { readonly kind: 'guidance'; readonly code: GuidanceCode }
  /** Somebody is recognised and must press a direction before `expiresInMs` is over. */
  | {
      readonly kind: 'recognised';
      readonly attemptId: string;
      readonly person: ShownPerson;
      readonly choices: readonly Direction[];
      readonly suggested?: Direction;
      readonly expiresInMs: number;
    }
  /** The punch is on the disk. */
  | {
      readonly kind: 'done';
      readonly person: ShownPerson;
      readonly direction: Direction;
      /** RFC 3339 with offset. */
      readonly at: string;
      readonly workedTodayMs: number;
      readonly previous?: { readonly direction: Direction; readonly at: string };
    }
  | {
      readonly kind: 'duplicate';
      readonly person: ShownPerson;
      readonly earlier: { readonly direction: Direction; readonly at: string };
    }
  | { readonly kind: 'refused'; readonly reason: Reason }
  /** A face was recognised whose policy asks for more: the page goes on with this attempt. For the kiosk's own page only. */
  | { readonly kind: 'attempt'; readonly attemptId: string }
  /** The punch was NOT recorded (for example a full disk). */
  | { readonly kind: 'not_recorded'; readonly person: ShownPerson; readonly fault: FaultCode };
