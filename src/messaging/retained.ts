import { z } from 'zod';
import type { Bus } from '../ports/bus.js';
import type { Clock } from '../ports/clock.js';
import type { Collection, Store } from '../ports/collection.js';

const schema = z.strictObject({ topics: z.array(z.string()), components: z.array(z.string()) });
type Document = z.infer<typeof schema>;

const RETRY_MS = 50;

/**
 * What lies retained at the broker. The list of topics is kept in `retained.json`, so that a renamed kiosk removes
 * what it left under its old name.
 */
export class RetainedTopics {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #store: Store;
  #collection: Collection<Document> | undefined;

  constructor(parts: { bus: Bus; clock: Clock; store: Store }) {
    this.#bus = parts.bus;
    this.#clock = parts.clock;
    this.#store = parts.store;
  }

  async open(): Promise<void> {
    this.#collection = await this.#store.collection({
      file: 'retained.json',
      version: 1,
      schema,
      initial: () => ({ topics: [], components: [] }),
    });
  }

  async close(): Promise<void> {
    await this.#collection?.close();
  }

  /** Keys of the components in the last discovery message. */
  get components(): readonly string[] {
    return this.#collection?.read().components ?? [];
  }

  async rememberComponents(components: readonly string[]): Promise<void> {
    if (components.join() === this.components.join()) return;
    await this.#collection?.update((current) => ({ ...current, components: [...components] }));
  }

  /** Publishes one retained message. The topic is remembered first. Returns false when the link fell or it was refused. */
  async publish(topic: string, payload: string): Promise<boolean> {
    if (!this.#known(topic))
      await this.#collection?.update((current) => ({ ...current, topics: [...current.topics, topic] }));
    return await this.#send(topic, payload);
  }

  /** Removes remembered topics that are not in `wanted`: those of an earlier name or of a part that is gone. */
  async removeAllBut(wanted: ReadonlySet<string>): Promise<void> {
    for (const topic of this.#collection?.read().topics ?? []) {
      if (wanted.has(topic) || !(await this.#send(topic, ''))) continue;
      await this.#collection?.update((current) => ({
        ...current,
        topics: current.topics.filter((other) => other !== topic),
      }));
    }
  }

  #known(topic: string): boolean {
    return this.#collection?.read().topics.includes(topic) ?? false;
  }

  async #send(topic: string, payload: string): Promise<boolean> {
    for (;;) {
      const outcome = await this.#bus.publish(topic, payload, { qos: 1, retain: true });
      if (outcome.kind !== 'lost') return outcome.kind === 'acknowledged';
      if (!this.#bus.status().connected) return false;
      await new Promise<void>((resolve) => {
        this.#clock.after(RETRY_MS, resolve);
      });
    }
  }
}
