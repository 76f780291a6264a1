import { afterEach, describe, expect, it } from 'vitest';
import { MqttBus } from '../../src/adapters/bus-mqtt.js';
import { Outbox, type OutboxParts } from '../../src/attendance/outbox.js';
import type { AttendanceEvent } from '../../src/domain/attendance.js';
import { FakeBroker, FakeBus } from '../fakes/fake-bus.js';
import { MemoryLedger } from '../support/events.js';
import { MemoryStore } from '../support/memory-store.js';
import { MOSQUITTO_INSTALLED, startMosquitto } from '../support/mosquitto.js';
import { eventually, realClock, realRandom } from '../support/real-time.js';

const TOPIC = 'v/event/attendance';
const encode = (event: AttendanceEvent, replayed: boolean) => ({
  topic: TOPIC,
  payload: JSON.stringify({ id: event.id, seq: event.seq, replayed }),
  options: { qos: 1, retain: false } as const,
});

interface Seen {
  readonly id: string;
  readonly seq: number;
  readonly replayed: boolean;
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function kiosk(more: Partial<OutboxParts> & { protocol?: 4 | 5; broker?: FakeBroker } = {}) {
  const broker = more.broker ?? new FakeBroker();
  const ledger = (more.ledger as MemoryLedger | undefined) ?? new MemoryLedger();
  const store = (more.store as MemoryStore | undefined) ?? new MemoryStore();
  const bus = new FakeBus(broker, { clientId: 'kiosk', protocol: more.protocol ?? 5 });
  const reader = new FakeBus(broker, { clientId: 'reader' });
  const seen: Seen[] = [];
  const notices: string[] = [];
  reader.onMessage((message) => seen.push(JSON.parse(Buffer.from(message.payload).toString('utf8'))));
  reader.onConnected(() => void reader.subscribe([TOPIC]));
  const outbox = new Outbox({
    clock: realClock,
    encode,
    ackFrom: 'broker',
    limit: 1000,
    refusedMinMs: 20,
    refusedMaxMs: 40,
    echoDeadlineMs: 60,
    notice: (sentence) => notices.push(sentence),
    ...more,
    ledger,
    store,
    bus,
  });
  bus.onConnected(() => outbox.drain());
  await outbox.start();
  reader.start();
  await eventually('the reader listens', () => broker.session('reader').filters.has(TOPIC));
  closing.push(async () => {
    await outbox.stop();
    await bus.stop();
    await reader.stop();
  });
  return { broker, ledger, store, bus, outbox, seen, notices };
}

const numbers = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('Outbox', () => {
  it('sends a live event at once, marked as not replayed', async () => {
    const { bus, ledger, seen, outbox } = await kiosk();
    bus.start();
    await eventually('connects', () => bus.status().connected);
    ledger.append();
    await eventually('the event', () => seen.length === 1);
    expect(seen[0]).toMatchObject({ seq: 1, replayed: false });
    await eventually('the cursor', () => outbox.status().ackedSeq === 1);
    expect(outbox.status()).toMatchObject({ depth: 0, oldestSeconds: 0, newestSeq: 1, limit: 1000 });
  });

  it('sends the backlog of an earlier run in order, marked as replayed, before a new punch', async () => {
    const ledger = new MemoryLedger();
    ledger.fill(250);
    const { bus, seen } = await kiosk({ ledger });
    bus.start();
    await eventually('connects', () => bus.status().connected);
    ledger.append();
    await eventually('all', () => seen.length === 251);
    expect(seen.map(({ seq }) => seq)).toEqual(numbers(1, 251));
    expect(seen.slice(0, 250).every(({ replayed }) => replayed)).toBe(true);
    expect(ledger.longestRange).toBeLessThanOrEqual(100);
  });

  it('goes on with the first unacknowledged event after the link fell, marked as replayed', async () => {
    const { bus, broker, ledger, seen, outbox } = await kiosk();
    bus.start();
    await eventually('connects', () => bus.status().connected);
    ledger.append();
    await eventually('the first', () => outbox.status().ackedSeq === 1);
    bus.held = true;
    ledger.append();
    ledger.append();
    await eventually('they arrive unacknowledged', () => seen.length === 3);
    expect(outbox.status()).toMatchObject({ ackedSeq: 1, depth: 2 });
    bus.held = false;
    broker.goDown();
    broker.comeBack();
    await eventually('acknowledged', () => outbox.status().ackedSeq === 3 && seen.length >= 5);
    expect(seen.map(({ seq }) => seq)).toEqual([1, 2, 3, 2, 3]);
    expect(seen.map(({ replayed }) => replayed)).toEqual([false, false, false, true, true]);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(3);
  });

  it('keeps the cursor over a restart and makes only duplicates when outbox.json is lost', async () => {
    const ledger = new MemoryLedger();
    const store = new MemoryStore();
    ledger.fill(30);
    const first = await kiosk({ ledger, store });
    first.bus.start();
    await eventually('all sent', () => first.outbox.status().ackedSeq === 30);
    await first.outbox.stop();
    await first.bus.stop();
    expect(store.documents.get('outbox.json')).toEqual({ acked: 30 });
    ledger.fill(5);
    const second = await kiosk({ ledger, store });
    second.bus.start();
    await eventually('the rest', () => second.outbox.status().ackedSeq === 35 && second.seen.length >= 5);
    expect(second.seen.map(({ seq }) => seq)).toEqual(numbers(31, 35));
    await second.outbox.stop();
    await second.bus.stop();
    store.documents.delete('outbox.json');
    const third = await kiosk({ ledger, store });
    third.bus.start();
    await eventually('everything again', () => third.outbox.status().ackedSeq === 35 && third.seen.length >= 35);
    expect(third.seen.map(({ seq }) => seq)).toEqual(numbers(1, 35));
  });

  it('writes the cursor at most once a second however many events it acknowledges', async () => {
    const ledger = new MemoryLedger();
    ledger.fill(500);
    const { bus, store, outbox } = await kiosk({ ledger });
    const begun = realClock.mono();
    bus.start();
    await eventually('all sent', () => outbox.status().ackedSeq === 500);
    expect(store.writes.length).toBeLessThanOrEqual(1 + Math.floor((realClock.mono() - begun) / 1000));
  });

  it('keeps a refused event, slows down, reports bus_refused and sends it when it may', async () => {
    const { bus, broker, ledger, outbox, notices, seen } = await kiosk();
    broker.mayPublish = (_, topic) => topic !== TOPIC;
    bus.start();
    await eventually('connects', () => bus.status().connected);
    ledger.append();
    await eventually('the refusal', () => outbox.status().lastError !== undefined);
    expect(outbox.status()).toMatchObject({ depth: 1, ackedSeq: 0, lastError: { code: 'bus_refused' } });
    expect(notices.join()).toMatch(/not authorised.*access list/);
    broker.mayPublish = () => true;
    await eventually('it is sent', () => outbox.status().ackedSeq === 1 && seen.length > 0);
    expect(seen.map(({ seq }) => seq)).toEqual([1]);
    expect(outbox.status().lastError).toBeUndefined();
  });

  it('does not believe the PUBACK of a protocol 4 broker that drops what it may not have', async () => {
    const { bus, broker, ledger, outbox, seen, notices } = await kiosk({ protocol: 4 });
    broker.mayPublish = (_, topic) => topic !== TOPIC;
    bus.start();
    await eventually('connects', () => bus.status().connected);
    ledger.append();
    ledger.append();
    await eventually('the missing echo', () => outbox.status().lastError !== undefined);
    expect(outbox.status()).toMatchObject({ depth: 2, ackedSeq: 0, lastError: { code: 'bus_refused' } });
    expect(notices.join()).toMatch(/acknowledged an event .* but did not deliver it/);
    broker.mayPublish = () => true;
    await eventually('both are sent', () => outbox.status().ackedSeq === 2 && seen.length >= 2);
    expect(seen.map(({ seq }) => seq)).toEqual([1, 2]);
    expect(broker.session('kiosk').filters.has(TOPIC)).toBe(false);
  });

  it('follows the consumer instead of the broker where that is configured', async () => {
    const ledger = new MemoryLedger();
    ledger.fill(40);
    const { bus, broker, outbox, seen } = await kiosk({ ledger, ackFrom: 'consumer' });
    bus.start();
    await eventually('all sent', () => seen.length === 40);
    expect(outbox.status().ackedSeq).toBe(0);
    outbox.acknowledgedByConsumer(999);
    expect(outbox.status().ackedSeq).toBe(0);
    outbox.acknowledgedByConsumer(25);
    outbox.acknowledgedByConsumer(7);
    expect(outbox.status()).toMatchObject({ ackedSeq: 25, depth: 15 });
    broker.goDown();
    broker.comeBack();
    await eventually('the rest again', () => seen.length === 55);
    expect(seen.slice(40).map(({ seq }) => seq)).toEqual(numbers(26, 40));
  });

  it('reports a cursor above the ledger and goes on from the newest event', async () => {
    const store = new MemoryStore();
    store.documents.set('outbox.json', { acked: 500 });
    const ledger = new MemoryLedger();
    ledger.fill(3);
    const { bus, outbox, seen, notices } = await kiosk({ store, ledger });
    expect(notices.join()).toMatch(/500 was acknowledged, but the newest stored event is 3/);
    expect(outbox.status()).toMatchObject({ ackedSeq: 3, depth: 0, lastError: { code: 'state_corrupt' } });
    bus.start();
    await eventually('connects', () => bus.status().connected);
    ledger.append();
    await eventually('the next', () => seen.length === 1);
    expect(seen[0]?.seq).toBe(4);
  });

  it('is not held up for ever by events that the files have lost', async () => {
    const ledger = new MemoryLedger();
    ledger.fill(120);
    for (const seq of [1, 50, 51, 120]) ledger.missing.add(seq);
    const { bus, outbox, seen } = await kiosk({ ledger });
    bus.start();
    await eventually('the end', () => outbox.status().ackedSeq === 120 && seen.length >= 116);
    expect(seen).toHaveLength(116);
    expect(outbox.status().lastError).toMatchObject({ code: 'state_corrupt' });
  });

  it('holds no more than a slice of 100,000 unsent events', async () => {
    let alive = 0;
    let most = 0;
    const registry = new FinalizationRegistry(() => alive--);
    const ledger = new MemoryLedger();
    ledger.fill(100_000);
    const { outbox, bus } = await kiosk({
      ledger,
      encode: (event, replayed) => {
        registry.register(event, 0);
        alive++;
        most = Math.max(most, alive);
        return encode(event, replayed);
      },
    });
    expect(outbox.status()).toMatchObject({ depth: 100_000, ackedSeq: 0 });
    expect(outbox.status().oldestSeconds).toBeGreaterThan(0);
    const before = process.memoryUsage().heapUsed;
    bus.held = true;
    bus.start();
    await eventually('the window is full', () => most >= 10);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(most).toBeLessThanOrEqual(20);
    expect(ledger.longestRange).toBeLessThanOrEqual(100);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20e6);
  });
});

describe.skipIf(!MOSQUITTO_INSTALLED)('Outbox with mosquitto (skipped where it is not installed)', () => {
  for (const protocol of ['4', '5'] as const)
    it(`moves no cursor over events that the access list drops on protocol ${protocol}`, async () => {
      const broker = await startMosquitto({
        config: ['allow_anonymous true', 'acl_file {dir}/acl'],
        files: { acl: 'topic read #\n' },
      });
      const ledger = new MemoryLedger();
      ledger.fill(5);
      const bus = new MqttBus(
        { url: broker.url, protocol, clientId: 'kiosk', keepaliveSeconds: 30, allowPlain: false },
        { clock: realClock, random: realRandom },
      );
      const outbox = new Outbox({
        ledger,
        store: new MemoryStore(),
        bus,
        clock: realClock,
        encode,
        ackFrom: 'broker',
        limit: 1000,
        refusedMinMs: 50,
        echoDeadlineMs: 300,
      });
      bus.onConnected(() => outbox.drain());
      await outbox.start();
      bus.start();
      await eventually('the refusal', () => outbox.status().lastError?.code === 'bus_refused');
      expect(outbox.status().ackedSeq).toBe(0);
      await outbox.stop();
      await bus.stop();
      await broker.close();
    });
});
