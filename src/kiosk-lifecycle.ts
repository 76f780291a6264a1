import { toError } from './domain/errors.js';

type Stop = () => void | Promise<void>;

/** Parts in the order of their start. Stops them in reverse; every stop step runs, whatever another one throws. */
export class Lifecycle {
  readonly #started: { readonly name: string; readonly stop: Stop }[] = [];

  /**
   * Starts one part and remembers how to stop it. A part that fails half-way through its start may have timers already:
   * it is stopped too, so every stop step must bear a part that never, or only half, started.
   */
  async start<T>(name: string, begin: () => T | Promise<T>, stop: Stop): Promise<T> {
    try {
      return await begin();
    } finally {
      this.#started.push({ name, stop });
    }
  }

  /** @returns the parts whose stop failed, with the reason */
  async stop(): Promise<readonly { readonly name: string; readonly error: Error }[]> {
    const failed: { name: string; error: Error }[] = [];
    for (let part = this.#started.pop(); part !== undefined; part = this.#started.pop()) {
      try {
        await part.stop();
      } catch (error) {
        failed.push({ name: part.name, error: toError(error) });
      }
    }
    return failed;
  }
}
