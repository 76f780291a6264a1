import { rename } from 'node:fs/promises';
import { type Adapter, Low } from 'lowdb';
import type { Clock } from '../ports/clock.js';
import type { Collection, CollectionSpec, StoreAlarm } from '../ports/collection.js';
import { encodeInTurns } from './document-envelope.js';
import { readCopy } from './document-file.js';
import { exists, previousName, storageFault, writeDurable } from './durable-file.js';

/** Freezes data and everything in it; stops at what is frozen already, so an append costs one pass over one array. */
export function freezeDeep<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) freezeDeep(inner);
  return value;
}

/** lowdb's view of one document file: durable writes, checked reads, the previous copy as a second chance. */
class DocumentAdapter<T> implements Adapter<T> {
  readonly #path: string;
  readonly #spec: CollectionSpec<T>;
  readonly #clock: Clock;
  readonly #alarm: (alarm: StoreAlarm) => void;

  constructor(path: string, spec: CollectionSpec<T>, clock: Clock, alarm: (alarm: StoreAlarm) => void) {
    this.#path = path;
    this.#spec = spec;
    this.#clock = clock;
    this.#alarm = alarm;
  }

  /** The document, or null when it does not exist (or, after an alarm, when no copy can be read). */
  async read(): Promise<T | null> {
    const file = await readCopy(this.#path, this.#spec);
    if (file.kind === 'good') return file.data;
    const previous = await readCopy(previousName(this.#path), this.#spec);
    if (file.kind === 'absent' && previous.kind === 'absent') return null;
    const reason = file.kind === 'bad' ? file.reason : 'the file is missing';
    const movedTo = file.kind === 'bad' ? await this.#moveAside(this.#path) : undefined;
    if (previous.kind === 'good') {
      // On a full disk the previous copy itself goes on serving: it stays where it is until a write succeeds.
      await writeDurable(this.#path, previous.text, { keepPrevious: false }).catch(() => undefined);
      this.#report('recovered_from_previous', reason, movedTo);
      return previous.data;
    }
    const previousMoved = previous.kind === 'bad' ? await this.#moveAside(previousName(this.#path)) : undefined;
    this.#report('started_empty', reason, movedTo ?? previousMoved);
    return null;
  }

  async write(data: T): Promise<void> {
    await writeDurable(this.#path, await encodeInTurns(this.#spec.version, data), { keepPrevious: true });
  }

  #report(kind: StoreAlarm['kind'], reason: string, movedTo: string | undefined): void {
    this.#alarm({ file: this.#spec.file, kind, reason, ...(movedTo === undefined ? {} : { movedTo }) });
  }

  /** Keeps an unreadable copy as evidence under a name that no later one takes. */
  async #moveAside(path: string): Promise<string> {
    const stamp = new Date(this.#clock.now()).toISOString().replace(/[:.]/g, '-');
    let target = `${path}.corrupt-${stamp}`;
    for (let n = 2; await exists(target); n++) target = `${path}.corrupt-${stamp}-${n}`;
    try {
      await rename(path, target);
    } catch (thrown) {
      throw storageFault(thrown, path);
    }
    return target;
  }
}

/** One document of the state directory behind lowdb's `Low`. Made by `StateStore.collection` only. */
export class LowdbCollection<T> implements Collection<T> {
  readonly #low: Low<T>;
  /** What the disk holds; `#low.data` runs ahead of it only while a write is on its way. */
  #committed: T;
  #stored = false;
  #queue: Promise<unknown> = Promise.resolve();
  readonly #closed: () => void;

  private constructor(low: Low<T>, stored: boolean, closed: () => void) {
    this.#low = low;
    this.#stored = stored;
    this.#committed = freezeDeep(low.data);
    this.#closed = closed;
  }

  /** Opens a document: see `Store.collection`. */
  static async open<T>(
    path: string,
    spec: CollectionSpec<T>,
    parts: {
      readonly clock: Clock;
      readonly alarm: (alarm: StoreAlarm) => void;
      readonly closed: () => void;
    },
  ): Promise<LowdbCollection<T>> {
    const adapter = new DocumentAdapter(path, spec, parts.clock, parts.alarm);
    const low = new Low<T>(adapter, spec.initial());
    const initial = low.data;
    await low.read();
    return new LowdbCollection(low, low.data !== initial, parts.closed);
  }

  read(): T {
    return this.#committed;
  }

  update(change: (current: T) => T): Promise<T> {
    const run = this.#queue.then(() => this.#commit(change));
    this.#queue = run.catch(() => undefined);
    return run;
  }

  async close(): Promise<void> {
    await this.#queue;
    this.#closed();
  }

  async #commit(change: (current: T) => T): Promise<T> {
    const next = change(this.#committed);
    if (next === this.#committed && this.#stored) return next;
    this.#low.data = freezeDeep(next);
    try {
      await this.#low.write();
    } catch (thrown) {
      this.#low.data = this.#committed;
      throw thrown;
    }
    this.#stored = true;
    this.#committed = next;
    return next;
  }
}
