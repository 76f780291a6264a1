import { connect, type IClientPublishOptions, type MqttClient } from 'mqtt';
import { VestibuleError } from '../domain/errors.js';
import type { Bus, BusMessage, BusStatus, PublishOptions, PublishOutcome } from '../ports/bus.js';
import type { Clock } from '../ports/clock.js';
import type { Random } from '../ports/random.js';
import { connectionProblem, isWrongProtocol, Unacknowledged } from './bus-mqtt-errors.js';
import { type BrokerAddress, brokerAddress, clientOptions, type MqttBusOptions } from './bus-mqtt-options.js';
import { publishProperties, toBusMessage } from './bus-mqtt-packets.js';
import { TakeOverWatch } from './bus-mqtt-takeover.js';

export type { MqttBusOptions } from './bus-mqtt-options.js';

export interface MqttBusParts {
  readonly clock: Clock;
  readonly random: Random;
  /** Receives sentences worth a line in the log; never a payload, never a secret. */
  readonly notice?: (sentence: string) => void;
}

/** Publishes that may be unacknowledged at a time (docs/mqtt.md "What is promised"). */
const WINDOW_MAX = 20;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
/** A broker that answers pings but never acknowledges would hold the outbox for ever. */
const ACKNOWLEDGE_MS = 20_000;
/** A clean end may take this long before the socket is cut, ms. */
const END_DEADLINE_MS = 2000;
const SESSION_TAKEN_OVER = 142;

/**
 * One broker over `mqtt`. Every attempt uses a fresh client: the vendor's store, queue and re-sending are never
 * used, because they re-send what was reported lost. Subscriptions belong to a connection: subscribe again on every `onConnected`.
 */
export class MqttBus implements Bus {
  readonly #options: MqttBusOptions;
  readonly #parts: MqttBusParts;
  readonly #address: BrokerAddress;
  readonly #takeOvers: TakeOverWatch;
  readonly #connectedListeners: (() => void)[] = [];
  readonly #disconnectedListeners: (() => void)[] = [];
  readonly #messageListeners: ((message: BusMessage) => void)[] = [];
  readonly #takenOverListeners: (() => void)[] = [];
  readonly #inFlight = new Set<(outcome: PublishOutcome) => void>();
  #client: MqttClient | undefined;
  #cancelWait: (() => void) | undefined;
  #running = false;
  #connected = false;
  #protocol: 4 | 5;
  #window = WINDOW_MAX;
  #failures = 0;
  #connections = 0;
  #lastError: string | undefined;
  /** A connection was ended for want of acknowledgements and none has come since. */
  #unacknowledged = false;

  /** Throws `config_invalid` for an address that must not be used. */
  constructor(options: MqttBusOptions, parts: MqttBusParts) {
    this.#options = options;
    this.#parts = parts;
    this.#address = brokerAddress(options.url, options.allowPlain);
    this.#protocol = options.protocol === '4' ? 4 : 5;
    this.#takeOvers = new TakeOverWatch();
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#attempt();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#cancelWait?.();
    const client = this.#client;
    if (client === undefined) return;
    if (!client.connected) {
      client.end(true);
    } else {
      await new Promise<void>((resolve) => {
        const cancel = this.#parts.clock.after(END_DEADLINE_MS, () => {
          client.end(true);
          resolve();
        });
        client.end(false, { reasonCode: 0 }, () => {
          cancel();
          resolve();
        });
      });
    }
    this.#closed(client, undefined);
  }

  publish(topic: string, payload: string | Uint8Array, options: PublishOptions): Promise<PublishOutcome> {
    const client = this.#client;
    if (client === undefined || !this.#connected || !client.connected)
      return Promise.resolve({ kind: 'lost', reason: 'not connected' });
    if (options.qos === 1 && this.#inFlight.size >= this.#window)
      return Promise.resolve({ kind: 'lost', reason: 'window full' });
    return new Promise((resolve) => {
      let cancelDeadline = (): void => {};
      const settle = (outcome: PublishOutcome): void => {
        cancelDeadline();
        this.#inFlight.delete(settle);
        resolve(outcome);
      };
      if (options.qos === 1) {
        this.#inFlight.add(settle);
        const deadlineMs = this.#options.acknowledgeMs ?? ACKNOWLEDGE_MS;
        cancelDeadline = this.#parts.clock.after(deadlineMs, () => {
          settle({ kind: 'lost', reason: `not acknowledged within ${deadlineMs / 1000} s` });
          this.#unacknowledged = true;
          this.#closed(client, new Unacknowledged());
        });
      }
      const sent: IClientPublishOptions = {
        qos: options.qos,
        retain: options.retain,
        ...(this.#protocol === 5 ? { properties: publishProperties(options) } : {}),
      };
      client.publish(topic, typeof payload === 'string' ? payload : Buffer.from(payload), sent, (error) => {
        if (error === undefined || error === null) {
          if (options.qos === 1) this.#acknowledged();
          return settle({ kind: 'acknowledged' });
        }
        const code = (error as { code?: unknown }).code;
        if (typeof code === 'number' && code >= 128) {
          this.#acknowledged();
          return settle({ kind: 'refused', code });
        }
        settle({ kind: 'lost', reason: typeof code === 'string' ? code : 'connection closed' });
      });
    });
  }

  /**
   * QoS 1; with MQTT 5 a live message keeps its retain mark (a command published with retain is refused at once).
   * Throws `broker_unreachable` without a connection and `bus_refused` where the broker says no.
   */
  async subscribe(topics: readonly string[]): Promise<void> {
    const client = this.#connectedClient('subscribe');
    let granted: readonly { topic: string; qos: number }[];
    try {
      granted = await client.subscribeAsync([...topics], { qos: 1, rap: this.#protocol === 5 });
    } catch (cause) {
      if (client.connected && client === this.#client)
        throw new VestibuleError('bus_refused', `The broker refused a subscription of ${topics.join(', ')}.`, {
          cause,
        });
      throw new VestibuleError('broker_unreachable', 'The connection fell during a subscription.', { cause });
    }
    const refused = granted.filter(({ qos }) => qos >= 128).map(({ topic }) => topic);
    if (refused.length > 0)
      throw new VestibuleError('bus_refused', `The broker refused the subscription of ${refused.join(', ')}.`);
  }

  async unsubscribe(topics: readonly string[]): Promise<void> {
    const client = this.#connectedClient('unsubscribe');
    try {
      await client.unsubscribeAsync([...topics]);
    } catch (cause) {
      throw new VestibuleError('broker_unreachable', 'The connection fell while a subscription was ended.', { cause });
    }
  }

  status(): BusStatus {
    return {
      connected: this.#connected,
      ...(this.#connections > 0 ? { protocol: this.#protocol } : {}),
      window: this.#window,
      reconnects: Math.max(0, this.#connections - 1),
      ...(this.#lastError === undefined ? {} : { lastError: this.#lastError }),
    };
  }

  onConnected(listener: () => void): void {
    this.#connectedListeners.push(listener);
  }
  onDisconnected(listener: () => void): void {
    this.#disconnectedListeners.push(listener);
  }
  onMessage(listener: (message: BusMessage) => void): void {
    this.#messageListeners.push(listener);
  }
  /** Called when the session was taken over three times within a minute. */
  onTakenOver(listener: () => void): void {
    this.#takenOverListeners.push(listener);
  }

  #connectedClient(verb: string): MqttClient {
    if (this.#client === undefined || !this.#connected)
      throw new VestibuleError('broker_unreachable', `Cannot ${verb}: there is no connection to the broker.`);
    return this.#client;
  }

  #attempt(): void {
    let client: MqttClient;
    try {
      client = connect(this.#options.url, clientOptions(this.#options, this.#protocol));
    } catch (thrown) {
      // A certificate or key that cannot be used is thrown at once, before there is a client.
      this.#report(thrown);
      this.#plan(false);
      return;
    }
    this.#client = client;
    let problem: unknown;
    client.on('connect', (connack) => {
      if (client !== this.#client || !this.#running) return;
      const receiveMaximum = connack.properties?.receiveMaximum ?? WINDOW_MAX;
      this.#window = Math.max(1, Math.min(WINDOW_MAX, receiveMaximum));
      this.#connected = true;
      this.#connections++;
      if (!this.#unacknowledged) this.#lastError = undefined;
      this.#takeOvers.connected(this.#parts.clock.mono());
      for (const listener of this.#connectedListeners) listener();
    });
    client.on('message', (topic, payload, packet) => {
      if (client !== this.#client) return;
      const message = toBusMessage(topic, payload, packet);
      for (const listener of this.#messageListeners) listener(message);
    });
    client.on('disconnect', (packet) => {
      if (packet.reasonCode === SESSION_TAKEN_OVER) this.#takeOvers.told();
    });
    client.on('error', (error) => {
      problem ??= error;
      client.end(true);
    });
    client.on('close', () => this.#closed(client, problem));
    client.on('end', () => this.#closed(client, problem));
  }

  /** Runs once per client: everything in flight is lost, the next attempt is planned. */
  #closed(client: MqttClient, problem: unknown): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    client.removeAllListeners('message');
    const wasConnected = this.#connected;
    this.#connected = false;
    for (const settle of [...this.#inFlight]) settle({ kind: 'lost', reason: 'connection closed' });
    client.end(true);
    const takenOver =
      wasConnected && this.#running && this.#takeOvers.closed(this.#parts.clock.mono(), problem !== undefined);
    if (this.#running && !this.#fallsBack(problem)) {
      this.#report(problem);
      this.#plan(wasConnected && !this.#takeOvers.short && !this.#unacknowledged);
    }
    if (wasConnected) for (const listener of this.#disconnectedListeners) listener();
    if (takenOver) for (const listener of this.#takenOverListeners) listener();
  }

  #acknowledged(): void {
    if (!this.#unacknowledged) return;
    this.#unacknowledged = false;
    this.#lastError = undefined;
  }

  #report(problem: unknown): void {
    const sentence = connectionProblem(problem, this.#address);
    if (sentence !== this.#lastError) this.#parts.notice?.(sentence);
    this.#lastError = sentence;
  }

  /** Tries protocol 4 at once where the broker refused 5 and the configuration leaves the choice. */
  #fallsBack(problem: unknown): boolean {
    if (this.#options.protocol !== 'auto' || this.#protocol === 4 || !isWrongProtocol(problem)) return false;
    this.#protocol = 4;
    this.#parts.notice?.('The broker does not speak MQTT 5; MQTT 3.1.1 is used.');
    this.#cancelWait = this.#parts.clock.after(0, () => this.#attempt());
    return true;
  }

  #plan(wasStable: boolean): void {
    this.#failures = wasStable ? 0 : this.#failures + 1;
    const first = this.#options.reconnectMinMs ?? FIRST_WAIT_MS;
    const longest = this.#options.reconnectMaxMs ?? LONGEST_WAIT_MS;
    const wait = Math.min(longest, first * 2 ** Math.min(16, Math.max(0, this.#failures - 1)));
    // Jitter keeps the kiosks of a building from coming back in the same instant.
    const share = (this.#parts.random.bytes(1)[0] ?? 0) / 255;
    this.#cancelWait = this.#parts.clock.after(wait * (0.5 + share / 2), () => this.#attempt());
  }
}
