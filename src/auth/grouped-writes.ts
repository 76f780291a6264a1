import type { Collection } from '../ports/collection.js';

/**
 * Writes a state that lives in memory to its document. Whoever comes while a write waits for its turn shares that
 * write: many answers at the same time cost two writes, not one each.
 */
export class GroupedWrites<T> {
  readonly #collection: Collection<T>;
  readonly #snapshot: () => T;
  #running: Promise<unknown> = Promise.resolve();
  #waiting: Promise<void> | undefined;

  /** @param snapshot the whole state as fresh objects: the store freezes them */
  constructor(collection: Collection<T>, snapshot: () => T) {
    this.#collection = collection;
    this.#snapshot = snapshot;
  }

  /**
   * Everything that was changed before the call is durable when it resolves.
   * @throws VestibuleError `storage_full`, `storage_failed`; the state in memory stays as it is
   */
  write(): Promise<void> {
    if (this.#waiting !== undefined) return this.#waiting;
    const write = this.#running.then(async () => {
      this.#waiting = undefined;
      await this.#collection.update(() => this.#snapshot());
    });
    this.#waiting = write;
    this.#running = write.catch(() => undefined);
    return write;
  }

  /** Two writes, one after the other, so that the store's previous good copy holds nothing of what was removed either. */
  async writeTwice(): Promise<void> {
    await this.write();
    await this.write();
  }

  async close(): Promise<void> {
    await this.#running;
    await this.#collection.close();
  }
}
