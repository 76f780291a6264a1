import type { Decision } from '../domain/decision.js';
import { toError, VestibuleError } from '../domain/errors.js';
import type { BusMessage } from '../ports/bus.js';
import { Announcements } from './announcements.js';
import { CommandDesk } from './commands.js';
import type { MessagingParts, MessagingStatus } from './messaging-parts.js';
import { type AccessType, ackPayload, type SystemDetail, type SystemType } from './payload-schemas.js';
import {
  type AlarmFacts,
  accessMessage,
  alarmMessage,
  type EventHead,
  encodeAttendance,
  rfc3339,
  systemMessage,
} from './payloads.js';
import { Replay } from './replay.js';
import { Sender } from './sender.js';
import { type Topics, topicsOf } from './topics.js';
import { Trigger } from './trigger.js';

export type { KioskFacts, MessagingParts, MessagingStatus } from './messaging-parts.js';

/** Home Assistant's birth is answered after a random wait up to this, ms. */
const BIRTH_SPREAD_MS = 10_000;
/** A broker that does not answer holds up the stop for this long; then the will says `offline`. */
const FAREWELL_MS = 3000;
const CONFLICT_SHOWN_MS = 5 * 60_000;
/** Share of the limit at which `outbox_high` is raised, and below which it may be raised again. */
const OUTBOX_HIGH = 0.9;
const OUTBOX_CALM = 0.8;
const LOOK_EVERY_MS = 1000;

/** Everything a kiosk says and hears over MQTT (docs/mqtt.md). Starts and stops the bus. */
export class Messaging {
  readonly #parts: MessagingParts;
  readonly #topics: Topics;
  readonly #sender: Sender;
  readonly #trigger: Trigger;
  readonly #announcements: Announcements;
  readonly #desk: CommandDesk;
  #running = false;
  #connection = 0;
  #birthSeen = false;
  #cancelBirth: (() => void) | undefined;
  #cancelLook: (() => void) | undefined;
  #conflictAt: number | undefined;
  #outboxHigh = false;

  /** Throws `config_invalid` where ids, root and discovery prefix do not fit together. */
  constructor(parts: MessagingParts) {
    const { bus, clock, store, config } = parts;
    this.#parts = parts;
    this.#topics = topicsOf(config.mqtt.root, config.site.id, config.kiosk.id, config.mqtt.discoveryPrefix);
    this.#sender = new Sender({ bus, clock });
    this.#trigger = new Trigger({ bus, clock, topic: this.#topics.trigger });
    this.#announcements = new Announcements({
      ...parts,
      topics: this.#topics,
      dropped: () => this.#sender.dropped,
      onFault: (error) => this.#fault(error),
    });
    this.#desk = new CommandDesk({
      bus,
      clock,
      store,
      topics: this.#topics,
      replay: new Replay({ bus, clock, ledger: parts.ledger, encode: encodeAttendance(this.#topics, config.mqtt) }),
      ping: () => ({ version: parts.facts().version, seq: parts.ledger.span().newest }),
      resync: () => this.#announcements.all(),
      answer: (topic, payload, options) =>
        this.#sender.add({ topic, payload: () => payload, options, at: clock.mono() }),
      ...(parts.audit === undefined ? {} : { audit: parts.audit }),
      onFault: (error) => this.#fault(error),
    });
  }

  /** Opens its files, listens and starts the bus. The outbox must have been started. */
  async start(): Promise<void> {
    const { bus, ledger, facts } = this.#parts;
    await this.#announcements.open();
    await this.#desk.open();
    bus.onConnected(() => {
      this.#greet().catch((error: unknown) => this.#fault(error));
    });
    bus.onDisconnected(() => this.#parted());
    bus.onMessage((message) => this.#received(message));
    bus.onTakenOver(() => this.#takenOver());
    ledger.onAppended((event) => this.#trigger.recorded(event));
    this.#running = true;
    this.systemEvent('started', { version: facts().version });
    this.#look();
    bus.start();
  }

  /** Says `stopping` and `offline`, then ends the connection with DISCONNECT. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    this.systemEvent('stopping', {});
    this.#running = false;
    this.#cancelLook?.();
    this.#cancelBirth?.();
    let cancel = (): void => {};
    const late = new Promise<void>((resolve) => {
      cancel = this.#parts.clock.after(FAREWELL_MS, resolve);
    });
    await Promise.race([this.#farewell(), late]);
    cancel();
    await this.#parts.bus.stop();
    await this.#announcements.close();
    await this.#desk.close();
  }

  async #farewell(): Promise<void> {
    await this.#sender.idle();
    this.#sender.close();
    if (this.#parts.bus.status().connected) await this.#announcements.state('offline');
  }

  /** An audited decision. A granted attendance is an attendance event, not an access event. */
  onDecision(decision: Decision): void {
    this.#trigger.decided(decision);
    if (decision.purpose === 'attend' && decision.outcome === 'granted') return;
    const { clock, config } = this.#parts;
    const head = this.#head(clock.now() - (clock.mono() - decision.at));
    this.#event(this.#topics.access, head.id, decision.at, (late) =>
      JSON.stringify(accessMessage(head, decision, late, config.mqtt.scores)),
    );
  }

  /** A lockout, duress or tamper alarm that is in the audit file. */
  alarm(type: Exclude<AccessType, 'granted' | 'denied'>, facts: AlarmFacts = {}): void {
    const { clock, config } = this.#parts;
    const head = this.#head(clock.now());
    if (type === 'duress') this.#trigger.fire('duress', clock.mono());
    this.#event(this.#topics.access, head.id, clock.mono(), (late) =>
      JSON.stringify(alarmMessage(head, type, facts, config.zone, late)),
    );
  }

  /** Something happened to the kiosk itself. `detail` holds facts only: no names, no secrets. */
  systemEvent(type: SystemType, detail: SystemDetail = {}): void {
    const { clock } = this.#parts;
    const head = this.#head(clock.now());
    this.#event(this.#topics.system, head.id, clock.mono(), (late) =>
      JSON.stringify(systemMessage(head, type, detail, late)),
    );
  }

  /** Call when the facts may have changed; cheap, publishes at most once a second. */
  healthChanged(): void {
    if (this.#running) this.#announcements.changed();
  }

  status(): MessagingStatus {
    const { bus, outbox, clock } = this.#parts;
    const { connected, protocol, lastError } = bus.status();
    const unsent = outbox?.status();
    const refused = unsent?.lastError?.code === 'bus_refused' ? unsent.lastError.message : undefined;
    // A bus keeps its error over a new connection while no broker has acknowledged anything since.
    const problem = (connected ? refused : undefined) ?? lastError;
    return {
      connected,
      ...(protocol === undefined ? {} : { protocol }),
      ...(problem === undefined ? {} : { problem }),
      unsent: unsent?.depth ?? 0,
      oldestSeconds: unsent?.oldestSeconds ?? 0,
      waiting: this.#sender.waiting,
      dropped: this.#sender.dropped,
      clientIdConflict: this.#conflictAt !== undefined && clock.mono() - this.#conflictAt < CONFLICT_SHOWN_MS,
    };
  }

  /** After CONNACK: listen, say `online`, publish all retained topics, then let events out (docs/mqtt.md "Connect"). */
  async #greet(): Promise<void> {
    const { bus, config, outbox } = this.#parts;
    const connection = ++this.#connection;
    this.#birthSeen = false;
    for (const topic of [
      this.#topics.commandFilter,
      this.#topics.ack,
      ...(config.mqtt.discovery ? [config.mqtt.birthTopic] : []),
    ])
      await bus.subscribe([topic]).catch((error: unknown) => this.#fault(error));
    await this.#announcements.state('online');
    await this.#announcements.all();
    await this.#announcements.removeLeftovers();
    if (connection !== this.#connection || !bus.status().connected) return;
    this.#sender.open();
    outbox?.drain();
  }

  #parted(): void {
    this.#connection++;
    this.#cancelBirth?.();
    this.#sender.close();
    this.#announcements.pause();
  }

  #received(message: BusMessage): void {
    const { config } = this.#parts;
    if (message.topic.startsWith(this.#topics.commandPrefix))
      this.#desk.receive(message).catch((error: unknown) => this.#fault(error));
    else if (message.topic === this.#topics.ack) this.#acknowledged(message);
    else if (message.topic === config.mqtt.birthTopic) this.#birth(message);
  }

  #acknowledged(message: BusMessage): void {
    if (message.retain || message.payload.length > 4096) return;
    try {
      const body = ackPayload.safeParse(JSON.parse(Buffer.from(message.payload).toString('utf8')));
      if (body.success) this.#parts.outbox?.acknowledgedByConsumer(body.data.seq);
    } catch {
      // Not JSON: nobody acknowledged anything.
    }
  }

  #birth(message: BusMessage): void {
    if (!this.#parts.config.mqtt.discovery || Buffer.from(message.payload).toString('utf8') !== 'online') return;
    if (message.retain && this.#birthSeen) return;
    if (message.retain) this.#birthSeen = true;
    const share = (this.#parts.random.bytes(1)[0] ?? 0) / 255;
    this.#cancelBirth?.();
    this.#cancelBirth = this.#parts.clock.after(share * BIRTH_SPREAD_MS, () => {
      this.#announcements.all().catch((error: unknown) => this.#fault(error));
    });
  }

  #takenOver(): void {
    this.#conflictAt = this.#parts.clock.mono();
    this.#parts.notice?.(
      'Another client connects with the client id of this kiosk. Give every kiosk its own site.id and kiosk.id.',
    );
    this.systemEvent('client_id_conflict', {});
  }

  /** Once a second: changed facts and the height of the outbox. */
  #look(): void {
    this.#cancelLook = this.#parts.clock.after(LOOK_EVERY_MS, () => this.#look());
    this.#announcements.changed();
    const { outbox } = this.#parts;
    if (outbox === undefined) return;
    const { depth, limit } = outbox.status();
    if (depth >= limit * OUTBOX_HIGH && !this.#outboxHigh) {
      this.#outboxHigh = true;
      this.systemEvent('outbox_high', { depth, limit });
    } else if (depth < limit * OUTBOX_CALM) {
      this.#outboxHigh = false;
    }
  }

  #head(wallMs: number): EventHead {
    const { config, random } = this.#parts;
    return { id: random.uuid7(), site: config.site.id, kiosk: config.kiosk.id, at: rfc3339(wallMs, config.zone) };
  }

  #event(topic: string, id: string, at: number, payload: (late: boolean) => string): void {
    const options = { qos: 1, retain: false, contentType: 'application/json', userProperties: { id } } as const;
    this.#sender.add({ topic, payload, options, at });
  }

  #fault(error: unknown): void {
    const { message } = toError(error);
    this.#parts.notice?.(error instanceof VestibuleError ? `${message} ${error.mend}` : `MQTT: ${message}`);
  }
}
