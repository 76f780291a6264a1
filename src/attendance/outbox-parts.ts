import type { AttendanceEvent } from '../domain/attendance.js';
import type { FaultCode } from '../domain/errors.js';
import type { Bus, PublishOptions } from '../ports/bus.js';
import type { Clock } from '../ports/clock.js';
import type { Store } from '../ports/collection.js';

/** What the outbox reads of the ledger: all durable events in `seq` order. */
export interface OutboxLedger {
  span(): { readonly oldest: number; readonly newest: number };
  range(from: number, to: number): AsyncIterable<AttendanceEvent>;
  onAppended(listener: (event: AttendanceEvent) => void): void;
}

export interface EncodedEvent {
  readonly topic: string;
  readonly payload: string;
  readonly options: PublishOptions;
}

export interface OutboxParts {
  readonly ledger: OutboxLedger;
  readonly store: Store;
  readonly bus: Bus;
  readonly clock: Clock;
  /** The message of an event. The same event gives the same bytes except `replayed`. */
  readonly encode: (event: AttendanceEvent, replayed: boolean) => EncodedEvent;
  readonly ackFrom: 'broker' | 'consumer';
  /** Unsent events at which the kiosk raises an alarm; nothing is dropped there. */
  readonly limit: number;
  readonly notice?: (sentence: string) => void;
  /** First and longest pause after a refusal, ms. Default 5,000 and 60,000. */
  readonly refusedMinMs?: number;
  readonly refusedMaxMs?: number;
  /** Time for the protocol 4 proof, ms. Default 10,000. */
  readonly echoDeadlineMs?: number;
}

export interface OutboxStatus {
  /** Stored events that are not acknowledged. */
  readonly depth: number;
  /** Age of the oldest of them; 0 when there is none. */
  readonly oldestSeconds: number;
  readonly ackedSeq: number;
  readonly newestSeq: number;
  readonly limit: number;
  readonly lastError?: { readonly code: FaultCode; readonly message: string; readonly at: number };
}
