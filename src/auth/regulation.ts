import { z } from 'zod';
import { FACTOR_KINDS, type FactorKind, type FactorResult } from '../domain/factor.js';
import {
  type Judgement,
  judgement,
  type RegulationLimits,
  type RegulationRules,
  regulationLimits,
  waitAfter,
} from '../domain/regulation.js';
import type { Clock } from '../ports/clock.js';
import type { CollectionSpec, Store } from '../ports/collection.js';
import { GroupedWrites } from './grouped-writes.js';
import { Turns } from './turns.js';

/** Begins the subject of a name or badge that nobody has. */
const STRANGER_PREFIX = 'n_';
/** So many unknown names are remembered; beyond, the one that was quiet for longest is forgotten. */
const STRANGERS_MAX = 2000;

const schema = z.strictObject({
  /** The subject whose last wrong answer lies furthest back comes first. */
  subjects: z
    .array(
      z.strictObject({
        subject: z.string().min(1),
        failures: z.partialRecord(z.enum(FACTOR_KINDS), z.int().positive()),
      }),
    )
    .readonly(),
});
type Document = z.infer<typeof schema>;

const SPEC: CollectionSpec<Document> = {
  file: 'regulation.json',
  version: 1,
  schema,
  initial: () => ({ subjects: [] }),
};

interface Count {
  readonly failures: number;
  /** Monotonic ms at which the wait after the last wrong answer ends. */
  readonly openAt: number;
}

/** Where one factor of one subject stands. `failures`: wrong answers in a row. */
export interface FactorLock {
  readonly factor: FactorKind;
  readonly failures: number;
  /** 0 when the next answer is looked at, or when it is locked. */
  readonly waitMs: number;
  readonly locked: boolean;
}

/** A wait or a lock began. `untilMs`: its end as Unix ms of the wall clock; absent for a lock. */
export interface LockBegun {
  readonly subject: string;
  readonly factor: FactorKind;
  readonly untilMs?: number;
}

/** What became of an answer; without a result it was not looked at. */
export interface RegulatedAnswer {
  readonly result?: FactorResult;
  /** Before the answer when it was not looked at, after it otherwise. */
  readonly judgement: Judgement;
}

/**
 * Slows down and ends guessing, for each person and factor on its own (docs/adr/0082): a stranger's wrong answers close
 * neither another factor nor another person. Subjects are person ids, or `n_…` for names that nobody has. The counts
 * lie in `regulation.json` and are durable before the answer goes out; a wait that ran at a restart begins anew. Whoever
 * judges, verifies and counts does so for one answer of a subject after the other (`check`, `inTurn`).
 */
export class Regulation {
  readonly #store: Store;
  readonly #clock: Pick<Clock, 'mono' | 'now'>;
  readonly #rules: RegulationRules;
  readonly #onFault: (error: unknown) => void;
  readonly #listeners = new Set<(lock: LockBegun) => void>();
  readonly #subjects = new Map<string, Map<FactorKind, Count>>();
  readonly #turns = new Turns();
  #strangers = 0;
  #writes: GroupedWrites<Document> | undefined;

  /** @param parts onFault: a count could not be stored; it holds in memory until the next restart */
  constructor(parts: {
    store: Store;
    clock: Pick<Clock, 'mono' | 'now'>;
    config: RegulationRules;
    onFault: (error: unknown) => void;
  }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#rules = parts.config;
    this.#onFault = parts.onFault;
  }

  /** Reads the counts. @throws VestibuleError `state_version`, `storage_*` */
  async start(): Promise<void> {
    const collection = await this.#store.collection(SPEC);
    this.#writes = new GroupedWrites(collection, () => this.#document());
    this.#subjects.clear();
    this.#strangers = 0;
    for (const { subject, failures } of collection.read().subjects) {
      const counts = new Map<FactorKind, Count>();
      for (const factor of FACTOR_KINDS) {
        const count = failures[factor];
        if (count !== undefined) counts.set(factor, this.#count(factor, count));
      }
      if (isStranger(subject)) this.#strangers += 1;
      this.#subjects.set(subject, counts);
    }
  }

  async stop(): Promise<void> {
    await this.#writes?.close();
    this.#writes = undefined;
  }

  /** Whether the next answer may be looked at. */
  judge(subject: string, factor: FactorKind): Judgement {
    const count = this.#subjects.get(subject)?.get(factor);
    if (count === undefined) return { kind: 'open' };
    return judgement(count.failures, count.openAt, this.#clock.mono(), this.#limits(factor));
  }

  /**
   * Carries out one piece of work about a subject after the other, whichever page it comes from: answers sent at the same
   * time get no tries for nothing. The work itself does not wait for another turn of the subject.
   */
  inTurn<T>(subject: string, work: () => Promise<T>): Promise<T> {
    return this.#turns.run(subject, work);
  }

  /**
   * Judges, verifies and counts one answer in the turn of its subject. `unavailable` counts neither way.
   * @param verify called only when the factor is open
   */
  check(subject: string, factor: FactorKind, verify: () => Promise<FactorResult>): Promise<RegulatedAnswer> {
    return this.inTurn(subject, async () => {
      const before = this.judge(subject, factor);
      if (before.kind !== 'open') return { judgement: before };
      const result = await verify();
      if (result.outcome === 'failed') return { result, judgement: await this.failed(subject, factor) };
      if (result.outcome === 'passed') await this.passed(subject, factor);
      return { result, judgement: this.judge(subject, factor) };
    });
  }

  /** Counts a wrong answer: in force at once, durable when it resolves. Tells what holds for the next one. */
  async failed(subject: string, factor: FactorKind): Promise<Judgement> {
    const counts = this.#subjects.get(subject) ?? new Map<FactorKind, Count>();
    const failures = Math.min(Number.MAX_SAFE_INTEGER, (counts.get(factor)?.failures ?? 0) + 1);
    counts.set(factor, this.#count(factor, failures));
    // Moved to the end: the newest subject is the last one to be forgotten.
    if (!this.#subjects.delete(subject) && isStranger(subject)) this.#strangers += 1;
    this.#subjects.set(subject, counts);
    this.#forgetStrangers();
    await this.#write();
    this.#tell(subject, factor, failures);
    return this.judge(subject, factor);
  }

  /** A right answer ends the count of this factor only. */
  async passed(subject: string, factor: FactorKind): Promise<void> {
    const counts = this.#subjects.get(subject);
    if (counts?.delete(factor) !== true) return;
    if (counts.size === 0) this.#remove(subject);
    await this.#write();
  }

  /** Ends every wait and lock of a subject; durable when it resolves. */
  async unlock(subject: string): Promise<void> {
    if (this.#remove(subject)) await this.#write();
  }

  /** Removes every trace of a subject, also from the store's previous copy. @throws VestibuleError `storage_*` */
  async forget(subject: string): Promise<void> {
    this.#remove(subject);
    await this.#started().writeTwice();
  }

  /** Every factor of a subject with wrong answers in a row. */
  locksOf(subject: string): readonly FactorLock[] {
    return [...(this.#subjects.get(subject) ?? [])].map(([factor, { failures }]) => {
      const now = this.judge(subject, factor);
      return {
        factor,
        failures,
        waitMs: now.kind === 'wait' ? now.ms : 0,
        locked: now.kind === 'locked',
      };
    });
  }

  /** Every factor that waits or is locked, of people and of unknown names. */
  locks(): readonly (FactorLock & { readonly subject: string })[] {
    return [...this.#subjects.keys()].flatMap((subject) =>
      this.locksOf(subject)
        .filter(({ waitMs, locked }) => locked || waitMs > 0)
        .map((lock) => ({ subject, ...lock })),
    );
  }

  /** Calls back when a wait or a lock began and is stored; the returned function ends it. */
  onLock(listener: (lock: LockBegun) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #limits(factor: FactorKind): RegulationLimits {
    return regulationLimits(this.#rules, factor);
  }

  #count(factor: FactorKind, failures: number): Count {
    return { failures, openAt: this.#clock.mono() + waitAfter(failures, this.#limits(factor)) };
  }

  #tell(subject: string, factor: FactorKind, failures: number): void {
    const limits = this.#limits(factor);
    const waitMs = waitAfter(failures, limits);
    const locked = failures >= limits.lockAfter;
    if (failures > limits.lockAfter || (!locked && waitMs === 0)) return;
    const begun: LockBegun = { subject, factor, ...(!locked && { untilMs: Math.round(this.#clock.now() + waitMs) }) };
    for (const listener of this.#listeners) listener(begun);
  }

  #remove(subject: string): boolean {
    const known = this.#subjects.delete(subject);
    if (known && isStranger(subject)) this.#strangers -= 1;
    return known;
  }

  #forgetStrangers(): void {
    for (const subject of this.#subjects.keys()) {
      if (this.#strangers <= STRANGERS_MAX) return;
      if (isStranger(subject)) this.#remove(subject);
    }
  }

  /** A count that the disk does not take holds in memory: nobody gets tries for nothing, and nobody is kept out. */
  async #write(): Promise<void> {
    try {
      await this.#started().write();
    } catch (error) {
      this.#onFault(error);
    }
  }

  #document(): Document {
    return {
      subjects: [...this.#subjects].map(([subject, counts]) => ({
        subject,
        failures: Object.fromEntries([...counts].map(([factor, { failures }]) => [factor, failures])),
      })),
    };
  }

  #started(): GroupedWrites<Document> {
    if (this.#writes === undefined) throw new Error('Regulation.start() was not called');
    return this.#writes;
  }
}

function isStranger(subject: string): boolean {
  return subject.startsWith(STRANGER_PREFIX);
}
