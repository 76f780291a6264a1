import type { Collection, CollectionSpec, Store } from '../../src/ports/collection.js';

/** Documents in memory that outlive the parts that use them, as files outlive a process. */
export class MemoryStore implements Store {
  /** Data by file. */
  readonly documents = new Map<string, unknown>();
  readonly #texts = new Map<string, string>();
  /** Writes that were carried out, by file. */
  readonly writes: string[] = [];

  async open(): Promise<void> {}

  async collection<T>(spec: CollectionSpec<T>): Promise<Collection<T>> {
    const { documents, writes } = this;
    const read = (): T => spec.schema.parse(structuredClone(documents.get(spec.file) ?? spec.initial()));
    let queue: Promise<unknown> = Promise.resolve();
    return {
      read,
      update(change) {
        const next = queue.then(() => {
          const data = spec.schema.parse(change(read()));
          documents.set(spec.file, data);
          writes.push(spec.file);
          return data;
        });
        queue = next.catch(() => {});
        return next;
      },
      close: async () => void (await queue),
    };
  }

  async list(): Promise<readonly string[]> {
    return [];
  }
  async append(file: string, text: string): Promise<void> {
    this.#texts.set(file, (this.#texts.get(file) ?? '') + text);
  }
  async writeText(file: string, text: string): Promise<void> {
    this.#texts.set(file, text);
  }
  async readText(file: string): Promise<string | undefined> {
    return this.#texts.get(file);
  }
  async remove(file: string): Promise<void> {
    this.documents.delete(file);
    this.#texts.delete(file);
  }
  alarms(): readonly [] {
    return [];
  }
  onAlarm(): void {}
  async close(): Promise<void> {}
}
