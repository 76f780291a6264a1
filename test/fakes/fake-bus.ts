import type { Bus, BusMessage, BusStatus, PublishOptions, PublishOutcome } from '../../src/ports/bus.js';

/** True when the filter (with + and #) matches the topic. */
function matches(filter: string, topic: string): boolean {
  const want = filter.split('/');
  const have = topic.split('/');
  for (const [i, level] of want.entries()) {
    if (level === '#') return true;
    if (have[i] === undefined || (level !== '+' && level !== have[i])) return false;
  }
  return want.length === have.length;
}

interface Kept {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly options: PublishOptions;
}

/** An MQTT broker in memory: wildcards, retained messages, wills, persistent sessions, rights, reachability. */
export class FakeBroker {
  readonly #clients = new Map<string, FakeBus>();
  readonly #sessions = new Map<string, { readonly filters: Set<string>; readonly waiting: Kept[] }>();
  readonly retained = new Map<string, Kept>();
  #reachable = true;
  /** Says whether a client may publish on a topic. */
  mayPublish: (clientId: string, topic: string) => boolean = () => true;

  get reachable(): boolean {
    return this.#reachable;
  }

  session(clientId: string): { readonly filters: Set<string>; readonly waiting: Kept[] } {
    const session = this.#sessions.get(clientId) ?? { filters: new Set<string>(), waiting: [] };
    this.#sessions.set(clientId, session);
    return session;
  }

  attach(clientId: string, bus: FakeBus): void {
    this.#clients.get(clientId)?.drop(true);
    this.#clients.set(clientId, bus);
  }

  detach(clientId: string, bus: FakeBus): void {
    if (this.#clients.get(clientId) === bus) this.#clients.delete(clientId);
  }

  /** Breaks every connection and refuses new ones; wills are published. */
  goDown(): void {
    this.#reachable = false;
    for (const bus of [...this.#clients.values()]) bus.drop(true);
  }

  comeBack(): void {
    this.#reachable = true;
  }

  deliver(message: Kept): void {
    if (message.options.retain) {
      if (message.payload.length === 0) this.retained.delete(message.topic);
      else this.retained.set(message.topic, message);
    }
    for (const [clientId, { filters, waiting }] of this.#sessions) {
      if (![...filters].some((filter) => matches(filter, message.topic))) continue;
      const bus = this.#clients.get(clientId);
      if (bus !== undefined) bus.receive(message, false);
      else if (message.options.qos > 0) waiting.push(message);
    }
  }

  retainedFor(filter: string): Kept[] {
    return [...this.retained.values()].filter(({ topic }) => matches(filter, topic));
  }
}

export interface FakeBusOptions {
  readonly clientId: string;
  readonly protocol?: 4 | 5;
  readonly window?: number;
  readonly will?: { readonly topic: string; readonly payload: string };
  /** Wait before a new attempt, ms. */
  readonly reconnectMs?: number;
}

/** A bus on a FakeBroker. Passes the same contract suite as MqttBus. */
export class FakeBus implements Bus {
  readonly #broker: FakeBroker;
  readonly #options: FakeBusOptions;
  readonly #connectedListeners: (() => void)[] = [];
  readonly #disconnectedListeners: (() => void)[] = [];
  readonly #messageListeners: ((message: BusMessage) => void)[] = [];
  readonly #takenOverListeners: (() => void)[] = [];
  readonly #inFlight = new Set<(outcome: PublishOutcome) => void>();
  #running = false;
  #connected = false;
  #connections = 0;
  #timer: NodeJS.Timeout | undefined;
  #lastError: string | undefined;
  /** While true, PUBACKs do not arrive. */
  held = false;

  constructor(broker: FakeBroker, options: FakeBusOptions) {
    this.#broker = broker;
    this.#options = options;
  }

  start(): void {
    this.#running = true;
    this.#plan(0);
  }

  async stop(): Promise<void> {
    this.#running = false;
    clearTimeout(this.#timer);
    if (this.#connected) this.drop(false);
  }

  async publish(topic: string, payload: string | Uint8Array, options: PublishOptions): Promise<PublishOutcome> {
    if (!this.#connected) return { kind: 'lost', reason: 'not connected' };
    if (options.qos === 1 && this.#inFlight.size >= this.#window) return { kind: 'lost', reason: 'window full' };
    const message = { topic, payload: Buffer.from(payload), options };
    const allowed = this.#broker.mayPublish(this.#options.clientId, topic);
    return await new Promise((resolve) => {
      const settle = (outcome: PublishOutcome): void => {
        this.#inFlight.delete(settle);
        resolve(outcome);
      };
      if (options.qos === 1) this.#inFlight.add(settle);
      setImmediate(() => {
        if (options.qos === 1 && !this.#inFlight.has(settle)) return;
        if (allowed) this.#broker.deliver(message);
        if (this.held && options.qos === 1) return;
        const silent = this.#protocol === 4 || options.qos === 0;
        settle(allowed || silent ? { kind: 'acknowledged' } : { kind: 'refused', code: 135 });
      });
    });
  }

  async subscribe(topics: readonly string[]): Promise<void> {
    if (!this.#connected) throw new Error('not connected');
    const { filters } = this.#broker.session(this.#options.clientId);
    for (const topic of topics) {
      filters.add(topic);
      for (const kept of this.#broker.retainedFor(topic)) this.receive(kept, true);
    }
  }

  async unsubscribe(topics: readonly string[]): Promise<void> {
    if (!this.#connected) throw new Error('not connected');
    for (const topic of topics) this.#broker.session(this.#options.clientId).filters.delete(topic);
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
  onTakenOver(listener: () => void): void {
    this.#takenOverListeners.push(listener);
  }

  /** As the adapter reports three take-overs in a minute. */
  takenOver(): void {
    for (const listener of this.#takenOverListeners) listener();
  }

  /** The link ends; `broken` publishes the will and plans a new attempt. */
  drop(broken: boolean): void {
    if (!this.#connected) return;
    this.#connected = false;
    this.#broker.detach(this.#options.clientId, this);
    for (const settle of [...this.#inFlight]) settle({ kind: 'lost', reason: 'connection closed' });
    const { will } = this.#options;
    if (broken && will !== undefined)
      this.#broker.deliver({
        topic: will.topic,
        payload: Buffer.from(will.payload),
        options: { qos: 1, retain: true },
      });
    if (this.#running) this.#plan(this.#options.reconnectMs ?? 20);
    for (const listener of this.#disconnectedListeners) listener();
  }

  receive(message: Kept, retain: boolean): void {
    setImmediate(() => {
      if (!this.#connected) return;
      const { topic, payload, options } = message;
      for (const listener of this.#messageListeners)
        listener({
          topic,
          payload,
          retain,
          qos: options.qos,
          ...(this.#protocol === 5 && options.correlationData !== undefined
            ? { correlationData: options.correlationData }
            : {}),
        });
    });
  }

  get #protocol(): 4 | 5 {
    return this.#options.protocol ?? 5;
  }

  get #window(): number {
    return this.#options.window ?? 20;
  }

  #plan(ms: number): void {
    this.#timer = setTimeout(() => this.#attempt(), ms);
  }

  #attempt(): void {
    if (!this.#running || this.#connected) return;
    if (!this.#broker.reachable) {
      this.#lastError = 'Broker: nobody listens there. Start it.';
      this.#plan(this.#options.reconnectMs ?? 20);
      return;
    }
    this.#broker.attach(this.#options.clientId, this);
    this.#connected = true;
    this.#connections++;
    this.#lastError = undefined;
    for (const listener of this.#connectedListeners) listener();
    const { waiting } = this.#broker.session(this.#options.clientId);
    for (const message of waiting.splice(0)) this.receive(message, false);
  }
}
