import { setTimeout as sleep } from 'node:timers/promises';
import { MqttBus } from '../../src/adapters/bus-mqtt.js';
import { StateStore } from '../../src/adapters/store-lowdb.js';
import { Ledger } from '../../src/attendance/ledger.js';
import { Outbox } from '../../src/attendance/outbox.js';
import { acknowledgedSeq } from '../../src/attendance/outbox-cursor.js';
import { configSchema } from '../../src/config/schema.js';
import { Messaging } from '../../src/messaging/messaging.js';
import { encodeAttendance, rfc3339 } from '../../src/messaging/payloads.js';
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
const ledger = new Ledger({ store, zone: 'Europe/Berlin' });
await ledger.start(await acknowledgedSeq(store));

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

while (ledger.span().newest < Number(wanted)) {
  const event = await ledger.append((seq) =>
    eventOf(seq, { id: realRandom.uuid7(), at: rfc3339(realClock.now(), config.zone), clock: realClock.state() }),
  );
  process.send?.({ recorded: event.seq, id: event.id });
  await sleep(15);
}
while (outbox.status().depth > 0) await sleep(20);
process.send?.({ drained: outbox.status().ackedSeq });
