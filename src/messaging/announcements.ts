import { COMMAND_NAMES } from './command-judge.js';
import { discoveryMessage, discoveryTopic } from './discovery.js';
import { HealthWatch } from './health-watch.js';
import type { MessagingParts } from './messaging-parts.js';
import type { HealthPayload } from './payload-schemas.js';
import { healthMessage, infoMessage, rfc3339 } from './payloads.js';
import { RetainedTopics } from './retained.js';
import type { Topics } from './topics.js';

export interface AnnouncementParts extends MessagingParts {
  readonly topics: Topics;
  readonly dropped: () => number;
  readonly onFault: (error: unknown) => void;
}

/** `info.seq` is refreshed at most this often, ms. */
const INFO_EVERY_MS = 60_000;
/** Changed facts in it are told at most this often, ms. */
const INFO_AT_MOST_EVERY_MS = 1000;
/** Commands that this kiosk carries out; the others are answered `not_permitted`. */
const ENABLED = COMMAND_NAMES.filter((name) => name !== 'door' && name !== 'factor');

/** The retained topics of a kiosk: state, info, health, door, factors, update and the discovery message. */
export class Announcements {
  readonly #parts: AnnouncementParts;
  readonly #retained: RetainedTopics;
  readonly #health: HealthWatch;
  readonly #startedAt: number;
  #infoAt = Number.NEGATIVE_INFINITY;
  #infoSeq = -1;
  #infoSigns = '';
  #switches = '';
  #live = false;
  /** `offline` was said: nothing may say `online` after it. */
  #left = false;

  constructor(parts: AnnouncementParts) {
    this.#parts = parts;
    this.#retained = new RetainedTopics(parts);
    this.#startedAt = parts.clock.mono();
    this.#health = new HealthWatch(parts.clock, () => {
      Promise.all([this.#publishHealth(), this.#refreshInfo()]).catch(parts.onFault);
    });
  }

  async open(): Promise<void> {
    await this.#retained.open();
  }

  async close(): Promise<void> {
    this.pause();
    await this.#retained.close();
  }

  /** The link is gone: no periodic message until `all` runs again. */
  pause(): void {
    this.#live = false;
    this.#health.stop();
  }

  async state(word: 'online' | 'offline'): Promise<void> {
    if (word === 'offline') {
      this.pause();
      this.#left = true;
    }
    await this.#retained.publish(this.#parts.topics.state, word);
  }

  /** Publishes discovery and every retained topic. Returns the number of messages that the broker took. */
  async all(): Promise<number> {
    this.pause();
    let count = 0;
    const tally = (taken: boolean): void => {
      if (taken) count++;
    };
    if (this.#parts.config.mqtt.discovery) tally(await this.#publishDiscovery());
    if (this.#left) return count;
    tally(await this.#retained.publish(this.#parts.topics.state, 'online'));
    tally(await this.#publishHealth());
    tally(await this.#publishInfo());
    for (const [topic, payload] of this.#switchTopics()) tally(await this.#retained.publish(topic, payload));
    this.#switches = JSON.stringify(this.#switchTopics());
    this.#live = !this.#left && this.#parts.bus.status().connected;
    if (this.#live) this.#health.start();
    return count;
  }

  /** Removes what an earlier name or a part that is gone left at the broker. */
  async removeLeftovers(): Promise<void> {
    const { topics, config } = this.#parts;
    const wanted = new Set([topics.state, topics.info, topics.health, ...this.#switchTopics().map(([topic]) => topic)]);
    if (config.mqtt.discovery) wanted.add(this.#discoveryTopic());
    await this.#retained.removeAllBut(wanted);
  }

  /** Looks at the facts and publishes what changed. */
  changed(): void {
    if (!this.#live) return;
    this.#health.look(this.#healthPayload());
    const quiet = this.#parts.clock.mono() - this.#infoAt < INFO_AT_MOST_EVERY_MS;
    if (!quiet && this.#signsOfInfo() !== this.#infoSigns) this.#publishInfo().catch(this.#parts.onFault);
    const switches = this.#switchTopics();
    const text = JSON.stringify(switches);
    if (text === this.#switches) return;
    this.#switches = text;
    for (const [topic, payload] of switches) this.#retained.publish(topic, payload).catch(this.#parts.onFault);
  }

  /** Door, factors and update as they are now. */
  #switchTopics(): readonly (readonly [string, string])[] {
    const { topics } = this.#parts;
    const { door, factors, update } = this.#parts.facts();
    return [
      ...(door === undefined ? [] : [[topics.doorState, door.state] as const]),
      ...factors.map(({ kind, on }) => [topics.factor(kind), on ? 'on' : 'off'] as const),
      ...(update === undefined
        ? []
        : [
            [
              topics.update,
              JSON.stringify({ installed_version: update.installed, latest_version: update.latest }),
            ] as const,
          ]),
    ];
  }

  #discoveryTopic(): string {
    const { config } = this.#parts;
    return discoveryTopic(config.mqtt.discoveryPrefix, config.site.id, config.kiosk.id);
  }

  async #publishDiscovery(): Promise<boolean> {
    const { config, topics, facts } = this.#parts;
    const message = discoveryMessage(config, topics, facts());
    const present = Object.keys(message.cmps);
    const removed = this.#retained.components.filter((key) => !present.includes(key));
    const topic = this.#discoveryTopic();
    if (removed.length > 0) {
      const farewell = discoveryMessage(config, topics, facts(), removed);
      if (!(await this.#retained.publish(topic, JSON.stringify(farewell)))) return false;
    }
    const taken = await this.#retained.publish(topic, JSON.stringify(message));
    if (taken) await this.#retained.rememberComponents(present);
    return taken;
  }

  #healthPayload(): HealthPayload {
    const { clock, config, facts, bus, outbox, ledger, dropped } = this.#parts;
    const now = facts();
    const { newest } = ledger.span();
    const unsent = outbox?.status();
    const faults = [now.lastError, unsent?.lastError].filter((fault) => fault !== undefined);
    const last = faults.sort((a, b) => b.at - a.at)[0];
    return healthMessage({
      facts: now,
      at: rfc3339(clock.now(), config.zone),
      uptimeMs: clock.mono() - this.#startedAt,
      outbox: unsent ?? {
        depth: 0,
        oldestSeconds: 0,
        ackedSeq: newest,
        newestSeq: newest,
        limit: config.mqtt.outboxLimit,
      },
      bus: bus.status(),
      dropped: dropped(),
      clock: clock.state(),
      lastError: last === undefined ? null : { code: last.code, at: rfc3339(last.at, config.zone) },
    });
  }

  async #publishHealth(): Promise<boolean> {
    const health = this.#healthPayload();
    this.#health.published(health);
    return await this.#retained.publish(this.#parts.topics.health, JSON.stringify(health));
  }

  /** Refreshes `info` when the ledger moved and the last refresh is a minute old. */
  async #refreshInfo(): Promise<void> {
    const due = this.#parts.clock.mono() - this.#infoAt >= INFO_EVERY_MS;
    if (due && this.#parts.ledger.span().newest !== this.#infoSeq) await this.#publishInfo();
  }

  /** The facts in `info`: known only when the vision process runs, and other ones after an update. */
  #signsOfInfo(): string {
    const { version, models, factors } = this.#parts.facts();
    return JSON.stringify([version, models, factors.map(({ kind }) => kind)]);
  }

  async #publishInfo(): Promise<boolean> {
    const { clock, config, facts, ledger, topics } = this.#parts;
    const span = ledger.span();
    this.#infoAt = clock.mono();
    this.#infoSeq = span.newest;
    this.#infoSigns = this.#signsOfInfo();
    const info = infoMessage({ facts: facts(), config, boot: clock.state().boot, span, commands: ENABLED });
    return await this.#retained.publish(topics.info, JSON.stringify(info));
  }
}
