import { z } from 'zod';
import type { CollectionSpec, Store } from '../ports/collection.js';
import { GroupedWrites } from './grouped-writes.js';

/** Person id and time step. */
const entrySchema = z.tuple([z.string().min(1), z.int().min(0)]).readonly();
type Entry = z.infer<typeof entrySchema>;

const schema = z.strictObject({ steps: z.array(entrySchema).readonly() });
type Document = z.infer<typeof schema>;

const SPEC: CollectionSpec<Document> = {
  file: 'code-steps.json',
  version: 1,
  schema,
  initial: () => ({ steps: [] }),
};

/**
 * The newest time step of each person whose authenticator code was taken, in `code-steps.json` (docs/adr/0083). It is
 * kept however old it is: on a computer that loses the time with the current, an old code can look right again.
 */
export class TakenSteps {
  readonly #store: Store;
  /** Entries are replaced and never changed: the store keeps the text of each. */
  readonly #newest = new Map<string, Entry>();
  #writes: GroupedWrites<Document> | undefined;

  constructor(parts: { store: Store }) {
    this.#store = parts.store;
  }

  /** Reads the steps. @throws VestibuleError `state_version`, `storage_*` */
  async start(): Promise<void> {
    const collection = await this.#store.collection(SPEC);
    this.#writes = new GroupedWrites(collection, () => ({ steps: [...this.#newest.values()] }));
    this.#newest.clear();
    for (const entry of collection.read().steps) this.#newest.set(entry[0], entry);
  }

  async stop(): Promise<void> {
    await this.#writes?.close();
    this.#writes = undefined;
  }

  /**
   * Takes a step: in force at once, durable when it resolves. Of many calls with one step exactly one gets true.
   * @returns false when this step or a later one was taken
   * @throws VestibuleError `storage_*`; then the code must not pass; it stays taken, at least until a restart
   */
  async take(personId: string, step: number): Promise<boolean> {
    const writes = this.#started();
    if (step <= this.#stepOf(personId)) return false;
    this.#newest.set(personId, [personId, step]);
    await writes.write();
    return true;
  }

  /**
   * Begins anew for another secret: its step counts, and no later one of the former secret. Until the new secret is
   * in force the former one's codes stay taken.
   * @param step whose code was shown to confirm the secret
   * @param putInForce stores the secret
   * @throws VestibuleError `storage_*`, and what `putInForce` throws
   */
  async renew(personId: string, step: number, putInForce: () => Promise<unknown>): Promise<void> {
    await this.take(personId, step);
    const former = this.#newest.get(personId);
    await putInForce();
    // Taken before by the former secret, for example while the clock was wrong, and by nobody since.
    if (former === undefined || former[1] === step || this.#newest.get(personId) !== former) return;
    this.#newest.set(personId, [personId, step]);
    await this.#started().write();
  }

  /** Removes every trace of a person, also from the store's previous copy. @throws VestibuleError `storage_*` */
  async forget(personId: string): Promise<void> {
    this.#newest.delete(personId);
    await this.#started().writeTwice();
  }

  #stepOf(personId: string): number {
    return this.#newest.get(personId)?.[1] ?? -1;
  }

  #started(): GroupedWrites<Document> {
    if (this.#writes === undefined) throw new Error('TakenSteps.start() was not called');
    return this.#writes;
  }
}
