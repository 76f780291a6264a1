import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { MqttBus } from '../../src/adapters/bus-mqtt.js';
import { StateStore } from '../../src/adapters/store-lowdb.js';
import { Outbox, type OutboxLedger } from '../../src/attendance/outbox.js';
import { configSchema } from '../../src/config/schema.js';
import type { AttendanceEvent } from '../../src/domain/attendance.js';
import { Messaging } from '../../src/messaging/messaging.js';
import { encodeAttendance } from '../../src/messaging/payloads.js';
import { topicsOf } from '../../src/messaging/topics.js';
import { eventOf } from './events.js';
import { realClock, realRandom } from './real-time.js';

/**
 * A kiosk without camera and page, to be killed: real state directory, real bus, outbox and messages. It records one
 * punch after the other until the ledger holds the wanted number, then waits until all are acknowledged and ends.
 * Arguments: state directory, broker URL, number of events.
 */
const [directory = '', url = '', wanted = '0'] = process.argv.slice(2);

const store = new StateStore({ directory, clock: realClock, random: realRandom });
await store.open();
const events = await store.collection({
  file: 'events.json',
  version: 1,
  schema: z.object({ ids: z.array(z.string()) }),
  initial: () => ({ ids: [] }),
});
const listeners: ((event: AttendanceEvent) => void)[] = [];
const eventAt = (seq: number): AttendanceEvent => eventOf(seq, { id: events.read().ids[seq - 1] ?? '' });
const ledger: OutboxLedger = {
  span: () => ({ oldest: Math.min(1, events.read().ids.length), newest: events.read().ids.length }),
  async *range(from, to) {
    for (let seq = from; seq <= Math.min(to, events.read().ids.length); seq++) yield eventAt(seq);
  },
  onAppended: (listener) => listeners.push(listener),
};

const config = configSchema.parse({
  site: { id: 'hq' },
  kiosk: { id: 'lobby-1' },
  zone: 'Europe/Berlin',
  mqtt: { url },
});
const topics = topicsOf(config.mqtt.root, config.site.id, config.kiosk.id);
const bus = new MqttBus(
  {
    url,
    protocol: config.mqtt.protocol,
    clientId: 'vestibule_hq_lobby-1',
    keepaliveSeconds: 5,
    allowPlain: false,
    will: { topic: topics.state, payload: 'offline' },
    reconnectMinMs: 50,
    reconnectMaxMs: 200,
  },
  { clock: realClock, random: realRandom },
);
const outbox = new Outbox({
  ledger,
  store,
  bus,
  clock: realClock,
  encode: encodeAttendance(topics, config.mqtt),
  ackFrom: 'broker',
  limit: 1000,
});
await outbox.start();
const messaging = new Messaging({
  bus,
  ledger,
  outbox,
  store,
  clock: realClock,
  random: realRandom,
  config,
  facts: () => ({
    version: '1.0.0',
    models: [],
    factors: [{ kind: 'face', on: true }],
    camera: { ok: true },
    vision: { ok: true, restarts: 0 },
    disk: { writable: true },
    rssBytes: process.memoryUsage().rss,
    load1: 0,
  }),
});
await messaging.start();
process.on('message', (message) => {
  if (message === 'stop')
    void messaging
      .stop()
      .then(() => outbox.stop())
      .then(() => process.exit(0));
});

while (events.read().ids.length < Number(wanted)) {
  await events.update(({ ids }) => ({ ids: [...ids, realRandom.uuid7()] }));
  const event = eventAt(events.read().ids.length);
  process.send?.({ recorded: event.seq, id: event.id });
  for (const listener of listeners) listener(event);
  await sleep(15);
}
while (outbox.status().depth > 0) await sleep(20);
process.send?.({ drained: outbox.status().ackedSeq });
