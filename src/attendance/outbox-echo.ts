import { toError, VestibuleError } from '../domain/errors.js';
import type { Bus, BusMessage } from '../ports/bus.js';
import type { Clock } from '../ports/clock.js';

/** An event that does not come back within this time was dropped by the broker, ms. */
const ECHO_DEADLINE_MS = 10_000;

/**
 * Proof, once a connection, that a protocol 4 broker accepts events. Such a broker acknowledges a publish that its
 * access list forbids and drops it (docs/mqtt.md "What is promised"), so the first event must come back by the kiosk's own subscription.
 */
export class EchoCheck {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  #waiting: { topic: string; payload: string; done: (echoed: boolean) => void } | undefined;

  constructor(parts: { bus: Bus; clock: Clock; deadlineMs?: number }) {
    this.#bus = parts.bus;
    this.#clock = parts.clock;
    this.#deadlineMs = parts.deadlineMs ?? ECHO_DEADLINE_MS;
    this.#bus.onMessage((message) => this.#received(message));
    this.#bus.onDisconnected(() => this.#waiting?.done(false));
  }

  /**
   * Subscribes, publishes by `publish` and waits for the echo. Resolves `undefined` when the event came back, else the
   * fault `bus_refused` or `broker_unreachable`.
   */
  async prove(topic: string, payload: string, publish: () => Promise<void>): Promise<VestibuleError | undefined> {
    try {
      await this.#bus.subscribe([topic]);
    } catch (error) {
      return error instanceof VestibuleError
        ? error
        : new VestibuleError('bus_refused', 'The broker refused the subscription of the kiosk’s own events.', {
            cause: toError(error),
          });
    }
    const echoed = new Promise<boolean>((resolve) => {
      const cancel = this.#clock.after(this.#deadlineMs, () => this.#waiting?.done(false));
      this.#waiting = {
        topic,
        payload,
        done: (result) => {
          cancel();
          this.#waiting = undefined;
          resolve(result);
        },
      };
    });
    await publish();
    if (await echoed) {
      // A fallen link ends the subscription for us on the next proof.
      await this.#bus.unsubscribe([topic]).catch(() => {});
      return undefined;
    }
    if (!this.#bus.status().connected) return new VestibuleError('broker_unreachable', 'The connection fell.');
    return new VestibuleError(
      'bus_refused',
      `The broker acknowledged an event on ${topic} but did not deliver it: its access list forbids this kiosk to write or to read that topic.`,
    );
  }

  #received(message: BusMessage): void {
    const waiting = this.#waiting;
    if (waiting === undefined || message.retain || message.topic !== waiting.topic) return;
    if (Buffer.from(message.payload).toString('utf8') === waiting.payload) waiting.done(true);
  }
}
