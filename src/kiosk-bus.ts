import { readFile } from 'node:fs/promises';
import { AedesBroker } from './adapters/broker-aedes.js';
import { MqttBus } from './adapters/bus-mqtt.js';
import type { Ledger } from './attendance/ledger.js';
import { Outbox } from './attendance/outbox.js';
import type { Config } from './config/schema.js';
import { VestibuleError } from './domain/errors.js';
import type { Log } from './log/logger.js';
import { type KioskFacts, Messaging } from './messaging/messaging.js';
import { encodeAttendance } from './messaging/payloads.js';
import { topicsOf } from './messaging/topics.js';
import type { Clock } from './ports/clock.js';
import type { Store } from './ports/collection.js';
import type { Random } from './ports/random.js';

export interface BusSide {
  readonly bus: MqttBus;
  readonly outbox: Outbox;
  readonly messaging: Messaging;
  /** Present when the embedded broker runs. */
  readonly broker?: AedesBroker;
  readonly brokerUrl: string;
}

async function pem(file: string | undefined, key: string): Promise<string | undefined> {
  if (file === undefined) return undefined;
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new VestibuleError('secret_unreadable', `The file ${file} named by mqtt.${key} cannot be read.`, {
      cause,
      context: { file },
    });
  });
}

interface BusSideParts {
  readonly config: Config;
  readonly password: string | undefined;
  readonly ledger: Ledger;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly facts: () => KioskFacts;
}

/**
 * Composes everything between ledger and broker; starts the embedded broker where none is configured. When a file or
 * an address of the configuration cannot be used, that broker is stopped again.
 */
export async function composeBusSide(parts: BusSideParts): Promise<BusSide> {
  const { url, embeddedPort } = parts.config.mqtt;
  if (url !== undefined) return busSideOf(parts, url, undefined);
  const broker = new AedesBroker({ notice: (sentence) => parts.log.info(sentence) });
  const own = `mqtt://127.0.0.1:${await broker.start(embeddedPort)}`;
  try {
    return await busSideOf(parts, own, broker);
  } catch (error) {
    await broker.stop();
    throw error;
  }
}

async function busSideOf(parts: BusSideParts, url: string, broker: AedesBroker | undefined): Promise<BusSide> {
  const { config, ledger, store, clock, random, log } = parts;
  const { mqtt } = config;
  const notice = (sentence: string) => log.info(sentence);
  const clientId = `vestibule_${config.site.id}_${config.kiosk.id}`;
  const topics = topicsOf(mqtt.root, config.site.id, config.kiosk.id, mqtt.discoveryPrefix);
  const [ca, cert, key] = await Promise.all([
    pem(mqtt.caFile, 'caFile'),
    pem(mqtt.certFile, 'certFile'),
    pem(mqtt.keyFile, 'keyFile'),
  ]);
  const username = mqtt.username ?? (parts.password === undefined ? undefined : clientId);
  const bus = new MqttBus(
    {
      url,
      // The embedded broker speaks MQTT 3.1.1 only.
      protocol: broker === undefined ? mqtt.protocol : '4',
      clientId,
      keepaliveSeconds: mqtt.keepaliveSeconds,
      allowPlain: mqtt.allowPlain,
      will: { topic: topics.state, payload: 'offline' },
      ...(username !== undefined && { username }),
      ...(parts.password !== undefined && { password: parts.password }),
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(mqtt.serverName !== undefined && { serverName: mqtt.serverName }),
    },
    { clock, random, notice },
  );
  const outbox = new Outbox({
    ledger,
    store,
    bus,
    clock,
    encode: encodeAttendance(topics, mqtt),
    ackFrom: mqtt.ackFrom,
    limit: mqtt.outboxLimit,
    notice,
  });
  const messaging = new Messaging({
    bus,
    ledger,
    outbox,
    store,
    clock,
    random,
    config,
    facts: parts.facts,
    notice,
    audit: (record) => log.info('A command came over MQTT', { kind: record.name, status: record.result }),
  });
  return { bus, outbox, messaging, brokerUrl: url, ...(broker !== undefined && { broker }) };
}
