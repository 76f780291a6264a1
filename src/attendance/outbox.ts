import { type AttendanceEvent, recordedMs } from '../domain/attendance.js';
import { type FaultCode, toError, VestibuleError } from '../domain/errors.js';
import type { PublishOutcome } from '../ports/bus.js';
import { OutboxCursor } from './outbox-cursor.js';
import { EchoCheck } from './outbox-echo.js';
import type { EncodedEvent, OutboxParts, OutboxStatus } from './outbox-parts.js';
import { AcknowledgedPrefix } from './outbox-prefix.js';

export type { EncodedEvent, OutboxLedger, OutboxParts, OutboxStatus } from './outbox-parts.js';

/** An event counts as live for this long after its record, monotonic ms (docs/mqtt.md "Attendance" `replayed`). */
const LIVE_MS = 5000;
/** Events read from the ledger at a time, so that a long outage costs no memory. */
const SLICE = 100;
/** Places of the broker's window that the outbox leaves to other messages. */
const RESERVED = 3;
const LOST_PAUSE_MS = 100;

/**
 * Sends the ledger's events at least once and in order. The ledger is the queue; the outbox keeps only a cursor over
 * the contiguous acknowledged prefix. `drain()` begins after each connect (messaging calls it once the kiosk has
 * announced itself); a fallen link ends it.
 */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #cursor: OutboxCursor;
  readonly #echo: EchoCheck;
  readonly #prefix = new AcknowledgedPrefix();
  /** Monotonic time of events recorded in this process that were never published, by seq. */
  readonly #live = new Map<number, number>();
  #started = false;
  /** Changes with every new drain; work of an older one stops. */
  #run = 0;
  #draining = false;
  #proven = false;
  #inFlight = 0;
  /** Highest seq published in this process. */
  #sent = 0;
  #wake: (() => void) | undefined;
  #cancelPause: (() => void) | undefined;
  #refusals = 0;
  #oldestAt: { seq: number; wallMs: number } | undefined;
  #lastError: OutboxStatus['lastError'];

  constructor(parts: OutboxParts) {
    this.#parts = parts;
    const onFault = (error: unknown): void => this.#fault(toFault(error, 'storage_failed'));
    this.#cursor = new OutboxCursor({ store: parts.store, clock: parts.clock, onFault });
    this.#echo = new EchoCheck({
      bus: parts.bus,
      clock: parts.clock,
      ...(parts.echoDeadlineMs === undefined ? {} : { deadlineMs: parts.echoDeadlineMs }),
    });
  }

  /** Reads the cursor. Publishes nothing before `drain()`. */
  async start(): Promise<void> {
    await this.#cursor.open();
    const { newest } = this.#parts.ledger.span();
    if (this.#cursor.acked > newest) {
      this.#fault(
        new VestibuleError(
          'state_corrupt',
          `outbox.json says that event ${this.#cursor.acked} was acknowledged, but the newest stored event is ${newest}: attendance files are missing. Restore them from a backup.`,
        ),
      );
      this.#cursor.move(newest);
    }
    this.#prefix.reset(this.#cursor.acked);
    this.#started = true;
    await this.#readOldest();
    this.#parts.bus.onDisconnected(() => this.#end());
    this.#parts.ledger.onAppended((event) => this.#appended(event));
  }

  /** Begins to send, oldest first; call it after each connect. */
  drain(): void {
    if (!this.#started) return;
    this.#refusals = 0;
    this.#proven = this.#parts.bus.status().protocol !== 4;
    // What a broker took but no consumer confirmed goes out again on a new connection.
    if (this.#parts.ackFrom === 'consumer') this.#prefix.reset(this.#cursor.acked);
    this.#begin();
  }

  /** Stops sending and writes the cursor. */
  async stop(): Promise<void> {
    this.#started = false;
    this.#end();
    await this.#cursor.close();
  }

  /** The consumer has stored all events up to `seq` (`ackFrom: consumer`). A number never sent is ignored. */
  acknowledgedByConsumer(seq: number): void {
    if (this.#parts.ackFrom !== 'consumer' || seq > this.#sent || seq <= this.#cursor.acked) return;
    this.#prefix.upTo(seq);
    this.#moveCursor(seq);
  }

  status(): OutboxStatus {
    const { newest } = this.#parts.ledger.span();
    const depth = Math.max(0, newest - this.#cursor.acked);
    const age = this.#oldestAt === undefined ? 0 : (this.#parts.clock.now() - this.#oldestAt.wallMs) / 1000;
    return {
      depth,
      oldestSeconds: depth === 0 ? 0 : Math.max(0, Math.round(age)),
      ackedSeq: this.#cursor.acked,
      newestSeq: newest,
      limit: this.#parts.limit,
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    };
  }

  #appended(event: AttendanceEvent): void {
    const now = this.#parts.clock.mono();
    for (const [seq, at] of this.#live) {
      if (now - at < LIVE_MS) break;
      this.#live.delete(seq);
    }
    this.#live.set(event.seq, now);
    if (this.#oldestAt === undefined) this.#oldestAt = { seq: event.seq, wallMs: recordedMs(event) };
    this.#wake?.();
  }

  #begin(): void {
    this.#end();
    this.#draining = true;
    const run = ++this.#run;
    this.#inFlight = 0;
    this.#send(run).catch((error: unknown) => {
      if (run !== this.#run) return;
      this.#fault(toFault(error, 'storage_failed'));
      this.#pause(run, this.#parts.refusedMinMs ?? 5000);
    });
  }

  #end(): void {
    this.#draining = false;
    this.#run++;
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    this.#wake?.();
  }

  #active(run: number): boolean {
    return this.#draining && run === this.#run;
  }

  async #send(run: number): Promise<void> {
    let next = this.#prefix.acked + 1;
    while (this.#active(run)) {
      const { newest } = this.#parts.ledger.span();
      if (next > newest) {
        await this.#woken();
        continue;
      }
      const last = Math.min(newest, next + SLICE - 1);
      for await (const event of this.#parts.ledger.range(next, last)) {
        if (event.seq > next) this.#skip(next, event.seq - 1);
        next = event.seq + 1;
        if (this.#prefix.has(event.seq)) continue;
        while (this.#active(run) && this.#inFlight >= this.#window()) await this.#woken();
        if (!this.#active(run)) return;
        if (!this.#proven) await this.#prove(event, run);
        else void this.#publish(event, run);
        if (!this.#active(run)) return;
      }
      if (next <= last) this.#skip(next, last);
      next = Math.max(next, last + 1);
    }
  }

  #window(): number {
    return Math.max(1, this.#parts.bus.status().window - RESERVED);
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve();
      };
    });
  }

  /** Events that the ledger no longer holds can never be sent: the cursor must not wait for them. */
  #skip(from: number, to: number): void {
    this.#fault(
      new VestibuleError(
        'state_corrupt',
        `Attendance events ${from} to ${to} are not in the day files and cannot be sent. Restore the files from a backup and ask for a replay.`,
      ),
    );
    for (let seq = from; seq <= to; seq++) this.#acknowledged(seq);
  }

  /** The first event of a protocol 4 connection goes alone and must come back. */
  async #prove(event: AttendanceEvent, run: number): Promise<void> {
    const { topic, payload, options } = this.#encode(event);
    let outcome: PublishOutcome = { kind: 'lost', reason: 'not sent' };
    const fault = await this.#echo.prove(topic, payload, async () => {
      outcome = await this.#parts.bus.publish(topic, payload, options);
    });
    if (!this.#active(run)) return;
    if (fault === undefined) {
      this.#proven = true;
      this.#settled(event.seq, outcome, run);
    } else if (this.#parts.bus.status().connected) {
      this.#refused(fault, run);
    }
  }

  async #publish(event: AttendanceEvent, run: number): Promise<void> {
    const { topic, payload, options } = this.#encode(event);
    this.#inFlight++;
    const outcome = await this.#parts.bus.publish(topic, payload, options);
    if (run !== this.#run) {
      // The answer of an earlier drain still tells the truth about the event.
      if (outcome.kind === 'acknowledged') this.#acknowledged(event.seq);
      return;
    }
    this.#inFlight--;
    this.#settled(event.seq, outcome, run);
    this.#wake?.();
  }

  #encode(event: AttendanceEvent): EncodedEvent {
    const recordedAt = this.#live.get(event.seq);
    this.#live.delete(event.seq);
    const live = recordedAt !== undefined && this.#parts.clock.mono() - recordedAt < LIVE_MS;
    this.#sent = Math.max(this.#sent, event.seq);
    return this.#parts.encode(event, !live);
  }

  #settled(seq: number, outcome: PublishOutcome, run: number): void {
    if (outcome.kind === 'acknowledged') {
      this.#refusals = 0;
      if (this.#lastError?.code === 'bus_refused') this.#lastError = undefined;
      this.#acknowledged(seq);
    } else if (outcome.kind === 'refused') {
      const why = outcome.code === 135 ? 'it is not authorised' : `reason ${outcome.code}`;
      this.#refused(new VestibuleError('bus_refused', `The broker refused event ${seq}: ${why}.`), run);
    } else if (this.#parts.bus.status().connected) {
      this.#pause(run, LOST_PAUSE_MS);
    }
  }

  #acknowledged(seq: number): void {
    if (this.#prefix.add(seq) && this.#parts.ackFrom === 'broker') this.#moveCursor(this.#prefix.acked);
  }

  #moveCursor(acked: number): void {
    this.#cursor.move(acked);
    if (this.#oldestAt !== undefined && this.#oldestAt.seq <= acked)
      this.#readOldest().catch((error: unknown) => this.#fault(toFault(error, 'storage_failed')));
  }

  #refused(fault: VestibuleError, run: number): void {
    this.#fault(fault);
    const first = this.#parts.refusedMinMs ?? 5000;
    const longest = this.#parts.refusedMaxMs ?? 60_000;
    this.#pause(run, Math.min(longest, first * 2 ** Math.min(10, this.#refusals++)));
  }

  /** Ends this drain and begins again with the oldest unacknowledged event. */
  #pause(run: number, ms: number): void {
    if (!this.#active(run)) return;
    this.#end();
    this.#cancelPause = this.#parts.clock.after(ms, () => this.#begin());
  }

  async #readOldest(): Promise<void> {
    const seq = this.#cursor.acked + 1;
    this.#oldestAt = undefined;
    for await (const event of this.#parts.ledger.range(seq, seq)) this.#oldestAt = { seq, wallMs: recordedMs(event) };
  }

  #fault(fault: VestibuleError): void {
    if (this.#lastError?.message !== fault.message) this.#parts.notice?.(`${fault.message} ${fault.mend}`);
    this.#lastError = { code: fault.code, message: fault.message, at: this.#parts.clock.now() };
  }
}

function toFault(error: unknown, code: FaultCode): VestibuleError {
  if (error instanceof VestibuleError) return error;
  return new VestibuleError(code, toError(error).message, { cause: error });
}
