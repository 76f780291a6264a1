import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Decision } from '../domain/decision.js';
import type { Clock } from '../ports/clock.js';
import type { Store } from '../ports/collection.js';
import { type JournaledDecision, keptOf, parseLine } from './decision-line.js';

export type { JournaledDecision };

const FOLDER = 'audit';
const EXTENSION = '.jsonl';
const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** Lines read before the daemon's loop gets its turn: some milliseconds on a Raspberry Pi. */
const LINES_IN_A_TURN = 50;

function fileOf(day: string): string {
  return `${FOLDER}/${day}${EXTENSION}`;
}

/**
 * Journal of decisions (docs/adr/0041): one file for each local day, one line of JSON for each decision. A decision
 * costs its own line and an fsync, however many there were before it.
 */
export class Decisions {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #dayFormat: Intl.DateTimeFormat;
  /** One access after the other, so that the order on the disk is the order of the calls. */
  #work: Promise<unknown> = Promise.resolve();
  readonly #onFault: (message: string) => void;
  /** The day whose file is known to end with a line end. */
  #wholeDay: string | undefined;
  /** Damaged lines that were reported, by day. */
  readonly #reported = new Map<string, number>();

  /** @param parts zone: IANA time zone of the local day; onFault: lines that cannot be read, as a sentence */
  constructor(parts: { store: Store; clock: Clock; zone: string; onFault?: (message: string) => void }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#onFault = parts.onFault ?? (() => undefined);
    this.#dayFormat = new Intl.DateTimeFormat('en-CA', {
      timeZone: parts.zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
  }

  /** The local day now, YYYY-MM-DD. */
  today(): string {
    return this.#dayOf(this.#clock.now());
  }

  /**
   * Durable when it resolves.
   * @param eventId attendance event that the decision led to
   * @throws VestibuleError `storage_full`, `storage_failed`; then the decision is not in the journal
   */
  add(decision: Decision, eventId?: string): Promise<JournaledDecision> {
    const entry: JournaledDecision = {
      ...keptOf(decision),
      wall: new Date(this.#clock.now()).toISOString(),
      clock: this.#clock.state(),
      ...(eventId !== undefined && { eventId }),
    };
    const day = this.today();
    return this.#inTurn(async () => {
      const isWhole = this.#wholeDay === day || (await this.#endsWhole(day));
      this.#wholeDay = undefined;
      await this.#store.append(fileOf(day), `${isWhole ? '' : '\n'}${JSON.stringify(entry)}\n`);
      this.#wholeDay = day;
      return entry;
    });
  }

  /**
   * Decisions of a local day, oldest first; empty when there are none. Lines that cannot be read are left out and
   * reported. @param day YYYY-MM-DD, default today
   */
  async list(day: string = this.today()): Promise<readonly JournaledDecision[]> {
    if (!DAY.test(day)) return [];
    const text = await this.#inTurn(() => this.#store.readText(fileOf(day)));
    const lines = (text ?? '').split('\n');
    const decisions: JournaledDecision[] = [];
    let damaged = 0;
    for (const [index, line] of lines.entries()) {
      if (index % LINES_IN_A_TURN === LINES_IN_A_TURN - 1) await nextTurn();
      if (line === '') continue;
      const decision = parseLine(line);
      if (decision !== undefined) decisions.push(decision);
      // What follows the last line end is a line that a power cut left unfinished: nobody was told that it is kept.
      else if (index < lines.length - 1) damaged++;
    }
    if (damaged > (this.#reported.get(day) ?? 0)) {
      this.#reported.set(day, damaged);
      this.#onFault(
        `${damaged === 1 ? '1 line' : `${damaged} lines`} of ${fileOf(day)} cannot be read and ${damaged === 1 ? 'is' : 'are'} left out; the other decisions of the day are there. After a power cut one such line is normal; otherwise check the SD card.`,
      );
    }
    return decisions;
  }

  /** Days that have a journal, oldest first. */
  async days(): Promise<readonly string[]> {
    const files = await this.#store.list(FOLDER);
    return files
      .filter((name) => name.endsWith(EXTENSION))
      .map((name) => name.slice(0, -EXTENSION.length))
      .filter((day) => DAY.test(day))
      .sort();
  }

  /** Removes the journals of days before the last `keepDays` days. @returns days removed */
  prune(keepDays: number): Promise<readonly string[]> {
    const first = this.#dayOf(this.#clock.now() - (keepDays - 1) * 86_400_000);
    return this.#inTurn(async () => {
      const old = (await this.days()).filter((day) => day < first);
      for (const day of old) {
        if (this.#wholeDay === day) this.#wholeDay = undefined;
        this.#reported.delete(day);
        await this.#store.remove(fileOf(day));
      }
      return old;
    });
  }

  /** False after a power cut in the middle of a line: the next decision must begin a line of its own. */
  async #endsWhole(day: string): Promise<boolean> {
    const text = (await this.#store.readText(fileOf(day))) ?? '';
    return text === '' || text.endsWith('\n');
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#work.then(work);
    this.#work = run.catch(() => undefined);
    return run;
  }

  #dayOf(unixMs: number): string {
    return this.#dayFormat.format(unixMs);
  }
}
