import type { OutboxLedger } from '../../src/attendance/outbox.js';
import type { AttendanceEvent } from '../../src/domain/attendance.js';
import type { Clock } from '../../src/ports/clock.js';

/** A well-formed punch with the given number. */
export function eventOf(seq: number, more: Partial<AttendanceEvent> = {}): AttendanceEvent {
  const hex = seq.toString(16).padStart(12, '0');
  return {
    id: `01a1fd1e-8506-7c3a-b1e2-${hex}`,
    seq,
    type: seq % 2 === 1 ? 'check_in' : 'check_out',
    site: 'hq',
    kiosk: 'lobby-1',
    person: { id: 'p_7f3a9c012345', externalId: 'E1042' },
    at: '2026-11-21T08:59:58.214+01:00',
    zone: 'Europe/Berlin',
    clock: { sync: 'ntp', offsetMs: 4, boot: '5be0cd19137e2179', monoMs: 8123345 },
    decisionId: '01a1fd1e-8496-7051-b9d7-a31be54f0277',
    factors: [
      {
        kind: 'face',
        outcome: 'passed',
        reason: 'ok',
        mode: '1:N',
        gallery: 100,
        fmr: 0.00001,
        model: 'sha256:9f2c41d07be85a36',
        score: 0.71,
        threshold: 0.52,
        at: 8123000,
      },
    ],
    ...more,
  };
}

/** A ledger in memory. Events below `oldest` are no longer kept. */
export class MemoryLedger implements OutboxLedger {
  readonly #listeners: ((event: AttendanceEvent) => void)[] = [];
  readonly #make: (seq: number) => AttendanceEvent;
  #newest = 0;
  oldest = 1;
  /** Numbers that the files have lost. */
  readonly missing = new Set<number>();
  /** Most events asked for in one range. */
  longestRange = 0;

  constructor(make: (seq: number) => AttendanceEvent = (seq) => eventOf(seq)) {
    this.#make = make;
  }

  span(): { oldest: number; newest: number } {
    return this.#newest === 0 ? { oldest: 0, newest: 0 } : { oldest: this.oldest, newest: this.#newest };
  }

  async *range(from: number, to: number): AsyncIterable<AttendanceEvent> {
    this.longestRange = Math.max(this.longestRange, to - from + 1);
    for (let seq = Math.max(from, this.oldest); seq <= Math.min(to, this.#newest); seq++)
      if (!this.missing.has(seq)) yield this.#make(seq);
  }

  onAppended(listener: (event: AttendanceEvent) => void): void {
    this.#listeners.push(listener);
  }

  append(): AttendanceEvent {
    const event = this.#make(++this.#newest);
    for (const listener of this.#listeners) listener(event);
    return event;
  }

  /** Events of an earlier run: nobody is told. */
  fill(count: number): void {
    this.#newest += count;
  }
}

/** A ledger whose events carry the time of the given clock. */
export function ledgerAt(clock: Clock): MemoryLedger {
  return new MemoryLedger((seq) => eventOf(seq, { at: new Date(clock.now()).toISOString(), clock: clock.state() }));
}
