import { z } from 'zod';
import type { Collection, Store } from '../ports/collection.js';

const schema = z.strictObject({
  used: z.array(z.strictObject({ transaction: z.string(), exp: z.number() })),
});
type Document = z.infer<typeof schema>;

/** Transactions of accepted commands, kept until their `exp` and across restarts in `commands.json`. */
export class UsedTransactions {
  readonly #store: Store;
  #collection: Collection<Document> | undefined;
  /** Taken in this instant, before the write is through. */
  readonly #taking = new Set<string>();

  constructor(store: Store) {
    this.#store = store;
  }

  async open(): Promise<void> {
    this.#collection = await this.#store.collection({
      file: 'commands.json',
      version: 1,
      schema,
      initial: () => ({ used: [] }),
    });
  }

  has(transaction: string): boolean {
    if (this.#taking.has(transaction)) return true;
    return this.#collection?.read().used.some((used) => used.transaction === transaction) ?? false;
  }

  /** Durable when it resolves. Forgets what expired. */
  async take(transaction: string, exp: number, nowSeconds: number): Promise<void> {
    this.#taking.add(transaction);
    try {
      await this.#collection?.update(({ used }) => ({
        used: [...used.filter((other) => other.exp > nowSeconds), { transaction, exp }],
      }));
    } finally {
      this.#taking.delete(transaction);
    }
  }

  async close(): Promise<void> {
    await this.#collection?.close();
  }
}
