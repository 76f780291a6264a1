import { afterEach, describe, expect, it } from 'vitest';
import { AedesBroker } from '../../src/adapters/broker-aedes.js';
import { MqttBus } from '../../src/adapters/bus-mqtt.js';
import { Outbox } from '../../src/attendance/outbox.js';
import { configSchema } from '../../src/config/schema.js';
import type { Decision } from '../../src/domain/decision.js';
import { type KioskFacts, Messaging } from '../../src/messaging/messaging.js';
import {
  accessPayload,
  attendancePayload,
  healthPayload,
  infoPayload,
  responsePayload,
  systemPayload,
} from '../../src/messaging/payload-schemas.js';
import { encodeAttendance } from '../../src/messaging/payloads.js';
import { TOPIC_TABLE, topicsOf } from '../../src/messaging/topics.js';
import type { BusMessage } from '../../src/ports/bus.js';
import { ledgerAt } from '../support/events.js';
import { MemoryStore } from '../support/memory-store.js';
import { MOSQUITTO_INSTALLED, startMosquitto } from '../support/mosquitto.js';
import { eventually, realClock, realRandom } from '../support/real-time.js';

const BASE = 'vestibule/v1/hq/lobby-1';

let listeners = 0;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const facts = (): KioskFacts => ({
  version: '1.0.0',
  hardware: 'Raspberry Pi 5',
  models: [{ kind: 'face', id: 'open', sha256: `sha256:${'9f2c41d07be85a36'.repeat(4)}` }],
  factors: [{ kind: 'face', on: true }],
  camera: { ok: true, fps: 14.83, frameAgeMs: 71.4 },
  vision: { ok: true, restarts: 0 },
  disk: { freeBytes: 9_663_676_416, writable: true },
  rssBytes: 214_958_080,
  load1: 0.62,
});

function busAt(url: string, protocol: 'auto' | '4' | '5', clientId: string): MqttBus {
  return new MqttBus(
    {
      url,
      protocol,
      clientId,
      keepaliveSeconds: 30,
      allowPlain: false,
      reconnectMinMs: 50,
      reconnectMaxMs: 100,
      ...(clientId.startsWith('listener') ? {} : { will: { topic: `${BASE}/state`, payload: 'offline' } }),
    },
    { clock: realClock, random: realRandom },
  );
}

/** A kiosk and somebody who hears everything. */
async function world(url: string, protocol: 'auto' | '4' | '5', more: { kiosk?: string; store?: MemoryStore } = {}) {
  const kiosk = more.kiosk ?? 'lobby-1';
  const listener = busAt(url, protocol, `listener-${++listeners}`);
  const seen: BusMessage[] = [];
  listener.onMessage((message) => seen.push(message));
  listener.start();
  await eventually('the listener connects', () => listener.status().connected);
  await listener.subscribe(['#']);

  const config = configSchema.parse({
    site: { id: 'hq' },
    kiosk: { id: kiosk, name: 'Kiosk lobby', area: 'Lobby' },
    zone: 'Europe/Berlin',
  });
  const store = more.store ?? new MemoryStore();
  const ledger = ledgerAt(realClock);
  const bus = busAt(url, protocol, `vestibule_hq_${kiosk}`);
  const topics = topicsOf('vestibule', 'hq', kiosk);
  const outbox = new Outbox({
    ledger,
    store,
    bus,
    clock: realClock,
    encode: encodeAttendance(topics, config.mqtt),
    ackFrom: 'broker',
    limit: 1000,
  });
  const audit: unknown[] = [];
  const notices: string[] = [];
  const messaging = new Messaging({
    bus,
    ledger,
    outbox,
    store,
    clock: realClock,
    random: realRandom,
    config,
    facts,
    audit: (record) => audit.push(record),
    notice: (sentence) => notices.push(sentence),
  });
  await outbox.start();
  const stop = async (): Promise<void> => {
    await messaging.stop();
    await outbox.stop();
  };
  closing.push(async () => {
    await stop();
    await listener.stop();
  });
  await messaging.start();
  const texts = (topic: string): string[] =>
    seen.filter((message) => message.topic === topic).map(({ payload }) => Buffer.from(payload).toString('utf8'));
  await eventually('the kiosk is online', () => texts(`${topics.base}/event/system`).length > 0);
  return { listener, seen, texts, ledger, store, bus, outbox, messaging, audit, notices, topics, stop };
}

function decision(more: Partial<Decision> = {}): Decision {
  return {
    id: realRandom.uuid7(),
    purpose: 'door',
    outcome: 'granted',
    reason: 'ok',
    personId: 'p_7f3a9c012345',
    factors: [{ kind: 'face', outcome: 'passed', reason: 'ok', score: 0.7, threshold: 0.5, at: realClock.mono() }],
    at: realClock.mono(),
    ...more,
  };
}

const exp = (): number => Math.floor(Date.now() / 1000) + 30;

interface BrokerKind {
  readonly name: string;
  readonly protocol: 'auto' | '4' | '5';
  readonly installed: boolean;
  start(): Promise<string>;
}

const brokers: readonly BrokerKind[] = [
  {
    name: 'mosquitto, protocol 5',
    protocol: '5',
    installed: MOSQUITTO_INSTALLED,
    start: () => mosquitto(),
  },
  { name: 'mosquitto, protocol 4', protocol: '4', installed: MOSQUITTO_INSTALLED, start: () => mosquitto() },
  {
    name: 'the embedded broker',
    protocol: 'auto',
    installed: true,
    async start() {
      const broker = new AedesBroker();
      const port = await broker.start(0);
      closing.push(() => broker.stop());
      return `mqtt://127.0.0.1:${port}`;
    },
  },
];

async function mosquitto(): Promise<string> {
  const broker = await startMosquitto();
  closing.push(() => broker.close());
  return broker.url;
}

for (const broker of brokers)
  describe.skipIf(!broker.installed)(`Messaging with ${broker.name} (skipped where it is not installed)`, () => {
    it('announces itself, then lets events out, and says offline at the end', async () => {
      const { seen, texts, stop } = await world(await broker.start(), broker.protocol);
      const order = [...new Set(seen.map(({ topic }) => topic))];
      expect(order[0]).toBe(`${BASE}/state`);
      expect(order.at(-1)).toBe(`${BASE}/event/system`);
      expect(order).toContain('homeassistant/device/vestibule_hq_lobby-1/config');
      expect(texts(`${BASE}/factor/face`)).toEqual(['on']);
      expect(texts(`${BASE}/state`).every((word) => word === 'online')).toBe(true);
      await stop();
      await eventually('offline', () => texts(`${BASE}/state`).at(-1) === 'offline');
    });

    it('retains state and never an event, and sends no key outside the schemas', async () => {
      const url = await broker.start();
      const { seen, ledger, messaging, outbox, texts } = await world(url, broker.protocol);
      for (let i = 0; i < 200; i++) ledger.append();
      for (let i = 0; i < 40; i++) messaging.onDecision(decision({ outcome: 'denied', reason: 'no_match' }));
      messaging.onDecision(decision());
      messaging.alarm('lockout', { personId: 'p_7f3a9c012345', untilMs: Date.now() + 60_000 });
      messaging.systemEvent('camera_lost', { source: '/dev/video0' });
      await eventually('all sent', () => outbox.status().depth === 0 && messaging.status().waiting === 0);
      await eventually('all received', () => texts(`${BASE}/event/attendance`).length === 200);
      await eventually('all received', () => texts(`${BASE}/event/access`).length === 42);

      const schemas = {
        [`${BASE}/event/attendance`]: attendancePayload,
        [`${BASE}/event/access`]: accessPayload,
        [`${BASE}/event/system`]: systemPayload,
        [`${BASE}/info`]: infoPayload,
        [`${BASE}/health`]: healthPayload,
      };
      for (const [topic, schema] of Object.entries(schemas))
        for (const text of texts(topic)) expect(schema.safeParse(JSON.parse(text)).error).toBeUndefined();
      expect(texts(`${BASE}/event/attendance`).map((text) => JSON.parse(text).seq)).toEqual(
        Array.from({ length: 200 }, (_, i) => i + 1),
      );

      const late = busAt(url, broker.protocol, 'listener-late');
      const kept: BusMessage[] = [];
      late.onMessage((message) => kept.push(message));
      late.start();
      await eventually('connects', () => late.status().connected);
      await late.subscribe(['#']);
      await eventually('retained topics', () => kept.some(({ topic }) => topic === `${BASE}/health`));
      await late.stop();
      const known = TOPIC_TABLE.filter(({ retain }) => retain).map(({ path }) => path.replace('<kind>', 'face'));
      for (const { topic, retain } of kept.filter(({ retain }) => retain)) {
        expect(retain).toBe(true);
        expect(topic.startsWith('homeassistant/') || known.includes(topic.slice(BASE.length + 1))).toBe(true);
        expect(topic).not.toMatch(/\/(event|trigger|rsp|cmd)/);
      }
      // No name, no employer number, no score leaves without being asked for.
      const everything = seen.map(({ payload }) => Buffer.from(payload).toString('utf8')).join('\n');
      expect(everything).not.toMatch(/E1042|"score"|"threshold"/);
    });

    it('fires a trigger for live punches and door decisions only', async () => {
      const { ledger, messaging, texts, seen } = await world(await broker.start(), broker.protocol);
      ledger.append();
      messaging.onDecision(decision());
      messaging.onDecision(decision({ purpose: 'login' }));
      messaging.onDecision(decision({ purpose: 'attend' }));
      messaging.onDecision(decision({ outcome: 'denied', reason: 'no_match' }));
      messaging.onDecision(decision({ at: realClock.mono() - 6000 }));
      await eventually('the access events', () => texts(`${BASE}/event/access`).length === 4);
      expect(texts(`${BASE}/trigger`)).toEqual(['check_in', 'granted', 'denied']);
      expect(seen.filter(({ topic }) => topic.endsWith('/trigger')).every(({ qos }) => qos === 0)).toBe(true);
      const access = texts(`${BASE}/event/access`).map((text) => JSON.parse(text));
      expect(access.map(({ event_type, purpose }) => `${purpose} ${event_type}`)).toEqual([
        'door granted',
        'login granted',
        'door denied',
        'door granted',
      ]);
      expect(access.map(({ replayed }) => replayed)).toEqual([false, false, false, true]);
    });

    // MQTT 3.1.1 hands a live message over without its mark.
    if (broker.protocol === '5')
      it('refuses a command published with retain, also while connected', async () => {
        const { listener, texts } = await world(await broker.start(), broker.protocol);
        const body = JSON.stringify({ transaction: 'r-1', exp: exp() });
        await listener.publish(`${BASE}/cmd/ping`, body, { qos: 1, retain: true });
        await eventually('the refusal', () => texts(`${BASE}/rsp/ping`).length === 1);
        expect(JSON.parse(texts(`${BASE}/rsp/ping`)[0]!)).toMatchObject({ status: 'error', error: 'retained' });
        await listener.publish(`${BASE}/cmd/ping`, '', { qos: 1, retain: true });
      });

    it('answers ping, replay and resync, and remembers a used transaction over a restart', async () => {
      const url = await broker.start();
      const store = new MemoryStore();
      const first = await world(url, broker.protocol, { store });
      for (let i = 0; i < 30; i++) first.ledger.append();
      const ask = (name: string, body: object) =>
        first.listener.publish(`${BASE}/cmd/${name}`, JSON.stringify(body), { qos: 1, retain: false });
      await ask('ping', { transaction: 'a-1', exp: exp() });
      await eventually('an answer', () => first.texts(`${BASE}/rsp/ping`).length === 1);
      expect(JSON.parse(first.texts(`${BASE}/rsp/ping`)[0]!)).toEqual({
        status: 'ok',
        data: { version: '1.0.0', seq: 30 },
        transaction: 'a-1',
      });
      await eventually('all sent', () => first.texts(`${BASE}/event/attendance`).length === 30);
      await ask('replay', { transaction: 'a-2', exp: exp(), from_seq: 11, to_seq: 25 });
      await eventually('the replay', () => first.texts(`${BASE}/rsp/replay`).length === 1);
      expect(responsePayload.parse(JSON.parse(first.texts(`${BASE}/rsp/replay`)[0]!)).data).toEqual({
        from_seq: 11,
        to_seq: 25,
        count: 15,
      });
      const replayed = first
        .texts(`${BASE}/event/attendance`)
        .slice(30)
        .map((text) => JSON.parse(text));
      expect(replayed.map(({ seq }) => seq)).toEqual(Array.from({ length: 15 }, (_, i) => i + 11));
      expect(replayed.every((event) => event.replayed)).toBe(true);
      const states = first.texts(`${BASE}/state`).length;
      await ask('resync', { transaction: 'a-3', exp: exp() });
      await eventually('the answer', () => first.texts(`${BASE}/rsp/resync`).length === 1);
      expect(first.texts(`${BASE}/state`).length).toBe(states + 1);
      await ask('door', { transaction: 'a-4', exp: exp(), action: 'open' });
      await eventually('the refusal', () => first.texts(`${BASE}/rsp/door`).length === 1);
      expect(JSON.parse(first.texts(`${BASE}/rsp/door`)[0]!)).toMatchObject({
        status: 'error',
        error: 'not_permitted',
      });
      expect(first.audit).toEqual([
        { name: 'ping', transaction: 'a-1', result: 'ok' },
        { name: 'replay', transaction: 'a-2', result: 'ok' },
        { name: 'resync', transaction: 'a-3', result: 'ok' },
        { name: 'door', transaction: 'a-4', result: 'not_permitted' },
      ]);
      await first.stop();

      const second = await world(url, broker.protocol, { store });
      await second.listener.publish(`${BASE}/cmd/ping`, JSON.stringify({ transaction: 'a-1', exp: exp() }), {
        qos: 1,
        retain: false,
      });
      await eventually('the refusal', () => second.texts(`${BASE}/rsp/ping`).length > 0);
      expect(JSON.parse(second.texts(`${BASE}/rsp/ping`).at(-1)!)).toMatchObject({ error: 'reused' });
    });

    it('removes what it retained under an earlier name', async () => {
      const url = await broker.start();
      const store = new MemoryStore();
      const old = await world(url, broker.protocol, { store, kiosk: 'old-name' });
      await old.stop();
      const { texts, topics } = await world(url, broker.protocol, { store });
      expect(topics.base).toBe(BASE);
      await eventually('the old topics are removed', () => texts('vestibule/v1/hq/old-name/health').at(-1) === '');
      await eventually('state too', () => texts('vestibule/v1/hq/old-name/state').at(-1) === '');
      expect(texts('homeassistant/device/vestibule_hq_old-name/config').at(-1)).toBe('');
      expect(JSON.stringify(store.documents.get('retained.json'))).not.toContain('old-name');
    });
  });
