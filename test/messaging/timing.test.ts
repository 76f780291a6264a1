import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Outbox } from '../../src/attendance/outbox.js';
import { configSchema } from '../../src/config/schema.js';
import { type KioskFacts, Messaging } from '../../src/messaging/messaging.js';
import { encodeAttendance } from '../../src/messaging/payloads.js';
import { topicsOf } from '../../src/messaging/topics.js';
import { FakeBroker, FakeBus } from '../fakes/fake-bus.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { FakeRandom } from '../fakes/fake-random.js';
import { ledgerAt, type MemoryLedger } from '../support/events.js';
import { MemoryStore } from '../support/memory-store.js';
import { eventually } from '../support/real-time.js';

const BASE = 'vestibule/v1/hq/lobby-1';
const DISCOVERY = 'homeassistant/device/vestibule_hq_lobby-1/config';

let clock: FakeClock;
let broker: FakeBroker;
let bus: FakeBus;
let reader: FakeBus;
let ledger: MemoryLedger;
let messaging: Messaging;
let outbox: Outbox;
let seen: { topic: string; text: string }[];
let facts: KioskFacts;

const texts = (topic: string): string[] => seen.filter((one) => one.topic === topic).map(({ text }) => text);
/** Lets everything that is under way come to rest. */
const settle = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 30));

beforeEach(async () => {
  clock = new FakeClock();
  broker = new FakeBroker();
  bus = new FakeBus(broker, { clientId: 'kiosk' });
  reader = new FakeBus(broker, { clientId: 'reader' });
  ledger = ledgerAt(clock);
  seen = [];
  facts = {
    version: '1.0.0',
    models: [],
    factors: [],
    camera: { ok: true, fps: 15 },
    vision: { ok: true, restarts: 0 },
    disk: { writable: true },
    rssBytes: 1,
    load1: 0,
  };
  const config = configSchema.parse({ site: { id: 'hq' }, kiosk: { id: 'lobby-1' }, zone: 'Europe/Berlin' });
  const store = new MemoryStore();
  const topics = topicsOf('vestibule', 'hq', 'lobby-1');
  outbox = new Outbox({
    ledger,
    store,
    bus,
    clock,
    encode: encodeAttendance(topics, config.mqtt),
    ackFrom: 'broker',
    limit: 100,
  });
  await outbox.start();
  messaging = new Messaging({
    bus,
    ledger,
    outbox,
    store,
    clock,
    random: new FakeRandom(),
    config,
    facts: () => facts,
  });
  reader.onMessage(({ topic, payload }) => seen.push({ topic, text: Buffer.from(payload).toString('utf8') }));
  reader.start();
  await eventually('the reader connects', () => reader.status().connected);
  await reader.subscribe(['#']);
  await messaging.start();
  await eventually('started', () => texts(`${BASE}/event/system`).length === 1);
});
afterEach(async () => {
  await messaging.stop();
  await outbox.stop();
  await reader.stop();
});

describe('Messaging over time', () => {
  it('publishes health every minute and on a change that matters, at most once a second', async () => {
    expect(texts(`${BASE}/health`)).toHaveLength(1);
    clock.advance(60_000);
    await settle();
    expect(texts(`${BASE}/health`)).toHaveLength(2);
    facts = { ...facts, camera: { ok: true, fps: 3 } };
    clock.advance(5000);
    await settle();
    expect(texts(`${BASE}/health`)).toHaveLength(2);
    for (const ok of [false, true, false]) {
      facts = { ...facts, camera: { ok } };
      messaging.healthChanged();
    }
    await settle();
    expect(texts(`${BASE}/health`)).toHaveLength(3);
    clock.advance(1000);
    await settle();
    expect(texts(`${BASE}/health`).map((text) => JSON.parse(text).camera.ok)).toEqual([true, true, false, false]);
  });

  it('tells the models, factors and version again when they changed, at most once a second', async () => {
    const infos = () => texts(`${BASE}/info`).map((text) => JSON.parse(text));
    expect(infos()).toMatchObject([{ version: '1.0.0', models: [], factors: [] }]);
    // The vision process knows its pack.
    facts = { ...facts, models: [{ kind: 'face', id: 'open', sha256: `sha256:${'9f2c41d07be85a36'.repeat(4)}` }] };
    clock.advance(1000);
    await settle();
    expect(infos()).toHaveLength(2);
    expect(infos()[1].models).toEqual([{ kind: 'face', id: 'open', sha256: '9f2c41d07be85a36' }]);
    clock.advance(10_000);
    await settle();
    expect(infos()).toHaveLength(2);
    for (const version of ['1.0.1', '1.0.2', '1.0.3']) {
      facts = { ...facts, version };
      messaging.healthChanged();
      await settle();
    }
    expect(infos().map(({ version }) => version)).toEqual(['1.0.0', '1.0.0', '1.0.1']);
    facts = { ...facts, factors: [{ kind: 'face', on: true }] };
    clock.advance(1000);
    await settle();
    expect(infos()).toHaveLength(4);
    expect(infos()[3]).toMatchObject({ version: '1.0.3', factors: ['face'] });
    // Retained: who comes later gets the newest one.
    const late = new FakeBus(broker, { clientId: 'late' });
    const retained: string[] = [];
    late.onMessage(({ payload }) => retained.push(Buffer.from(payload).toString('utf8')));
    late.start();
    await eventually('connects', () => late.status().connected);
    await late.subscribe([`${BASE}/info`]);
    await eventually('the newest', () => retained.length === 1);
    expect(JSON.parse(retained[0]!)).toMatchObject({ version: '1.0.3' });
    await late.stop();
  });

  it('answers the birth of Home Assistant after at most 10 s, a retained one once a connection', async () => {
    const before = texts(DISCOVERY).length;
    await reader.publish('homeassistant/status', 'online', { qos: 1, retain: false });
    await settle();
    expect(texts(DISCOVERY)).toHaveLength(before);
    clock.advance(10_000);
    await settle();
    expect(texts(DISCOVERY)).toHaveLength(before + 1);
    await reader.publish('homeassistant/status', 'offline', { qos: 1, retain: false });
    clock.advance(20_000);
    await settle();
    expect(texts(DISCOVERY)).toHaveLength(before + 1);
  });

  it('announces everything again after its own reconnect', async () => {
    const before = texts(`${BASE}/info`).length;
    bus.drop(true);
    await eventually('announced again', () => texts(`${BASE}/info`).length === before + 1);
    expect(texts(`${BASE}/state`).at(-1)).toBe('online');
  });

  it('keeps at most 1,000 events while the broker is away and counts what it drops', async () => {
    broker.goDown();
    for (let i = 0; i < 1200; i++) messaging.systemEvent('disk_low', { n: i });
    expect(messaging.status()).toMatchObject({ connected: false, waiting: 1000, dropped: 200 });
    clock.advance(10_000);
    broker.comeBack();
    await eventually('all sent', () => messaging.status().waiting === 0);
    await eventually('all received', () => texts(`${BASE}/event/system`).length >= 1000);
    const late = texts(`${BASE}/event/system`)
      .map((text) => JSON.parse(text))
      .filter(({ event_type }) => event_type === 'disk_low');
    expect(late[0]).toMatchObject({ detail: { n: 200 }, replayed: true });
    expect(late.at(-1).detail.n).toBe(1199);
    clock.advance(60_000);
    await eventually('health', () => JSON.parse(texts(`${BASE}/health`).at(-1)!).bus.dropped === 200);
  });

  it('sends no trigger while it is offline, and none later', async () => {
    broker.goDown();
    ledger.append();
    clock.advance(1000);
    broker.comeBack();
    await eventually('the event itself', () => texts(`${BASE}/event/attendance`).length === 1);
    await settle();
    expect(texts(`${BASE}/trigger`)).toEqual([]);
  });

  it('raises outbox_high once at 90 % of the limit and goes on recording', async () => {
    broker.goDown();
    for (let i = 0; i < 95; i++) ledger.append();
    clock.advance(3000);
    broker.comeBack();
    await eventually('the alarm', () => texts(`${BASE}/event/system`).some((text) => text.includes('outbox_high')));
    await eventually('all events', () => texts(`${BASE}/event/attendance`).length === 95);
    const alarms = texts(`${BASE}/event/system`).map((text) => JSON.parse(text));
    expect(alarms.filter(({ event_type }) => event_type === 'outbox_high').map(({ detail }) => detail)).toEqual([
      { depth: 95, limit: 100 },
    ]);
  });

  it('shows and reports that another client uses its id', async () => {
    bus.takenOver();
    expect(messaging.status().clientIdConflict).toBe(true);
    await eventually('the event', () =>
      texts(`${BASE}/event/system`).some((text) => text.includes('client_id_conflict')),
    );
    clock.advance(6 * 60_000);
    expect(messaging.status().clientIdConflict).toBe(false);
  });
});
