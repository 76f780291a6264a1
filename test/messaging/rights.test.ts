import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MqttBus } from '../../src/adapters/bus-mqtt.js';
import { MOSQUITTO_INSTALLED, type Mosquitto, startMosquitto } from '../support/mosquitto.js';
import { eventually, realClock, realRandom } from '../support/real-time.js';

const page = readFileSync(join(import.meta.dirname, '../../docs/mqtt.md'), 'utf8');
const acl = /```acl\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
const BASE = 'vestibule/v1/hq/lobby-1';
const OTHER = 'vestibule/v1/hq/lobby-2';

describe.skipIf(!MOSQUITTO_INSTALLED)(
  'the access list of docs/mqtt.md (skipped where mosquitto is not installed)',
  () => {
    let broker: Mosquitto;
    const buses: MqttBus[] = [];

    beforeAll(async () => {
      expect(acl).toContain('user payroll');
      broker = await startMosquitto({
        config: ['allow_anonymous true', 'acl_file {dir}/acl'],
        files: { acl: `${acl}\nuser root-of-test\ntopic readwrite #\n` },
      });
    });
    afterAll(async () => {
      for (const bus of buses) await bus.stop();
      await broker?.close();
    });

    async function as(username: string): Promise<MqttBus> {
      const bus = new MqttBus(
        {
          url: broker.url,
          protocol: '5',
          clientId: `c-${buses.length}`,
          username,
          keepaliveSeconds: 30,
          allowPlain: false,
        },
        { clock: realClock, random: realRandom },
      );
      buses.push(bus);
      bus.start();
      await eventually('connects', () => bus.status().connected);
      return bus;
    }

    const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
      'vestibule_hq_lobby-1': [
        `${OTHER}/state`,
        `${OTHER}/event/attendance`,
        `${OTHER}/trigger`,
        `${OTHER}/cmd/door`,
        'vestibule/v1/other/lobby-1/state',
        'homeassistant/status',
        'homeassistant/device/vestibule_hq_lobby-2/config',
        'homeassistant/switch/x/config',
        'anything/else',
      ],
      payroll: [
        `${BASE}/state`,
        `${BASE}/event/attendance`,
        `${BASE}/trigger`,
        `${BASE}/cmd/door`,
        `${BASE}/cmd/factor/face`,
        `${BASE}/rsp/replay`,
        'homeassistant/status',
      ],
      homeassistant: [
        `${BASE}/state`,
        `${BASE}/event/attendance`,
        `${BASE}/event/access`,
        `${BASE}/trigger`,
        `${BASE}/cmd/replay`,
        `${BASE}/ack`,
        'homeassistant/device/vestibule_hq_lobby-1/config',
      ],
      stranger: [
        `${BASE}/state`,
        `${BASE}/trigger`,
        `${BASE}/cmd/ping`,
        `${BASE}/event/attendance`,
        'homeassistant/status',
      ],
    };

    it('lets nobody write what is not his', async () => {
      const heard: string[] = [];
      const all = await as('root-of-test');
      all.onMessage(({ topic }) => heard.push(topic));
      await all.subscribe(['#']);
      for (const [user, topics] of Object.entries(FORBIDDEN)) {
        const bus = await as(user);
        for (const topic of topics)
          expect(await bus.publish(topic, 'x', { qos: 1, retain: false }), `${user} → ${topic}`).toEqual({
            kind: 'refused',
            code: 135,
          });
      }
      await all.publish('mark', 'x', { qos: 1, retain: false });
      await eventually('the mark', () => heard.includes('mark'));
      expect(heard).toEqual(['mark']);
    });

    it('lets nobody but the kiosk read commands, and delivers what is allowed', async () => {
      const heard: string[] = [];
      const kiosk = await as('vestibule_hq_lobby-1');
      const payroll = await as('payroll');
      const house = await as('homeassistant');
      const stranger = await as('stranger');
      for (const [name, bus] of Object.entries({ kiosk, payroll, house, stranger })) {
        bus.onMessage(({ topic }) => heard.push(`${name} ${topic}`));
        await bus.subscribe([`${BASE}/#`, `${OTHER}/#`, 'homeassistant/#']);
      }
      const all = await as('root-of-test');
      for (const path of ['cmd/door', 'cmd/ping', 'event/attendance', 'trigger', 'ack', 'rsp/replay'])
        for (const base of [BASE, OTHER]) await all.publish(`${base}/${path}`, 'x', { qos: 1, retain: false });
      await all.publish('homeassistant/status', 'online', { qos: 1, retain: false });
      await eventually(
        'the last one',
        () => heard.filter((line) => line.endsWith('homeassistant/status')).length === 2,
      );
      expect(heard.sort()).toEqual(
        [
          `house ${BASE}/event/attendance`,
          `house ${BASE}/trigger`,
          `house ${OTHER}/event/attendance`,
          `house ${OTHER}/trigger`,
          'house homeassistant/status',
          `kiosk ${BASE}/ack`,
          `kiosk ${BASE}/cmd/door`,
          `kiosk ${BASE}/cmd/ping`,
          `kiosk ${BASE}/event/attendance`,
          'kiosk homeassistant/status',
          `payroll ${BASE}/event/attendance`,
          `payroll ${BASE}/rsp/replay`,
          `payroll ${OTHER}/event/attendance`,
          `payroll ${OTHER}/rsp/replay`,
        ].sort(),
      );
    });
  },
);
