import { z } from 'zod';
import type { Clock } from '../ports/clock.js';
import type { Collection, CollectionSpec, Store } from '../ports/collection.js';

const cursorSchema = z.strictObject({ acked: z.int().min(0) });
type CursorDocument = z.infer<typeof cursorSchema>;

const CURSOR_SPEC: CollectionSpec<CursorDocument> = {
  file: 'outbox.json',
  version: 1,
  schema: cursorSchema,
  initial: () => ({ acked: 0 }),
};

/** Highest acknowledged `seq` on the disk: the ledger must not use it again (`Ledger.start`). */
export async function acknowledgedSeq(store: Store): Promise<number> {
  return (await store.collection(CURSOR_SPEC)).read().acked;
}

/** Cursor writes are joined to at most one a second; an old cursor only makes duplicates. */
const WRITE_EVERY_MS = 1000;

/** The acknowledged `seq` in `outbox.json`. Losing the file costs duplicates, never events. */
export class OutboxCursor {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #onFault: (error: unknown) => void;
  #collection: Collection<CursorDocument> | undefined;
  #acked = 0;
  #cancelWrite: (() => void) | undefined;
  #closed = false;

  constructor(parts: { store: Store; clock: Clock; onFault: (error: unknown) => void }) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#onFault = parts.onFault;
  }

  get acked(): number {
    return this.#acked;
  }

  async open(): Promise<void> {
    this.#collection = await this.#store.collection(CURSOR_SPEC);
    this.#acked = this.#collection.read().acked;
  }

  /** Sets the cursor in memory and plans the write. */
  move(acked: number): void {
    this.#acked = acked;
    if (this.#closed) return;
    this.#cancelWrite ??= this.#clock.after(WRITE_EVERY_MS, () => {
      this.#cancelWrite = undefined;
      this.#write().catch(this.#onFault);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelWrite?.();
    this.#cancelWrite = undefined;
    try {
      await this.#write();
    } catch (error) {
      this.#onFault(error);
    }
    await this.#collection?.close();
  }

  async #write(): Promise<void> {
    const acked = this.#acked;
    if (this.#collection === undefined || this.#collection.read().acked === acked) return;
    await this.#collection.update(() => ({ acked }));
  }
}
