import { VestibuleError } from '../domain/errors.js';
import type { Collection, CollectionSpec, StateReader, Store, StoreAlarm } from '../ports/collection.js';

/**
 * The documents of a state directory as they are now, without the lock: for commands that only look while a kiosk may
 * be running. Every write is refused with `state_locked`.
 */
export class ReadOnlyStore implements Store {
  readonly #reader: StateReader;

  constructor(reader: StateReader) {
    this.#reader = reader;
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

  async readText(): Promise<string | undefined> {
    return undefined;
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
