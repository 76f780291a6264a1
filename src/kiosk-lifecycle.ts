import { toError } from './domain/errors.js';

type Stop = () => void | Promise<void>;

/** Started parts in their order. Stops them in reverse; every stop step runs, whatever another one throws. */
export class Lifecycle {
  readonly #started: { readonly name: string; readonly stop: Stop }[] = [];

  /** Starts one part and remembers how to stop it. A part that fails to start is not stopped. */
  async start<T>(name: string, begin: () => T | Promise<T>, stop: Stop): Promise<T> {
    const result = await begin();
    this.#started.push({ name, stop });
    return result;
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
