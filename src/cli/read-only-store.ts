import { VestibuleError } from '../domain/errors.js';
import type { Collection, CollectionSpec, StateReader, Store, StoreAlarm } from '../ports/collection.js';

/**
 * The documents of a state directory as they are now, without the lock: for commands that only look while a kiosk may
 * be running. Every write is refused with `state_locked`.
 */
export class ReadOnlyStore implements Store {
  readonly #reader: StateReader;
  readonly #text: (file: string) => Promise<string | undefined>;

  /** @param text reads a text file of the state directory; without it there is none */
  constructor(reader: StateReader, text: (file: string) => Promise<string | undefined> = async () => undefined) {
    this.#reader = reader;
    this.#text = text;
  }

  async open(): Promise<void> {}

  async collection<T>(spec: CollectionSpec<T>): Promise<Collection<T>> {
    const { data, from, reason } = await this.#reader.read(spec);
    if (from === 'nothing' && reason !== undefined) throw new VestibuleError('state_corrupt', reason);
    return { read: () => data, update: () => Promise.reject(refused(spec.file)), close: async () => {} };
  }

  list(directory: string): Promise<readonly string[]> {
    return this.#reader.list(directory);
  }

  append(file: string): Promise<void> {
    return Promise.reject(refused(file));
  }

  writeText(file: string): Promise<void> {
    return Promise.reject(refused(file));
  }

  remove(file: string): Promise<void> {
    return Promise.reject(refused(file));
  }

  readText(file: string): Promise<string | undefined> {
    return this.#text(file);
  }

  alarms(): readonly StoreAlarm[] {
    return [];
  }

  onAlarm(): void {}

  async close(): Promise<void> {}
}

function refused(file: string): VestibuleError {
  return new VestibuleError('state_locked', `${file} was opened for reading only.`);
}
