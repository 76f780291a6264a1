import { describe, expect, it } from 'vitest';
import { AedesBroker } from '../../src/adapters/broker-aedes.js';
import { MqttBus } from '../../src/adapters/bus-mqtt.js';
import type { Bus } from '../../src/ports/bus.js';
import { type BusWorld, busContract } from '../contracts/bus.js';
import { FakeBroker, FakeBus } from '../fakes/fake-bus.js';
import { Link } from '../support/link.js';
import { freePort, MOSQUITTO_INSTALLED, startMosquitto } from '../support/mosquitto.js';
import { eventually, realClock, realRandom } from '../support/real-time.js';
import { SilentBroker } from '../support/silent-broker.js';

interface RunningBroker {
  readonly port: number;
  end(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

function busAt(port: number, clientId: string, more: Partial<ConstructorParameters<typeof MqttBus>[0]> = {}): MqttBus {
  return new MqttBus(
    {
      url: `mqtt://127.0.0.1:${port}`,
      protocol: 'auto',
      clientId,
      keepaliveSeconds: 30,
      allowPlain: false,
      reconnectMinMs: 50,
      reconnectMaxMs: 200,
      ...more,
    },
    { clock: realClock, random: realRandom },
  );
}

/** Every bus has a link of its own, so that one can be cut and the others not. */
function worldOf(broker: RunningBroker, protocol: 'auto' | '4' | '5'): BusWorld {
  const links = new Map<Bus, Link>();
  return {
    async bus(clientId, will) {
      const link = new Link(() => broker.port);
      await link.start();
      const bus = busAt(link.port, clientId, { protocol, ...(will === undefined ? {} : { will }) });
      links.set(bus, link);
      return bus;
    },
    goDown: () => broker.end(),
    comeBack: () => broker.start(),
    cut: async (bus) => links.get(bus)?.cut(),
    async close() {
      for (const link of links.values()) await link.close();
      await broker.close();
    },
  };
}

async function startAedes(): Promise<RunningBroker> {
  const broker = new AedesBroker();
  const port = await broker.start(0);
  return {
    port,
    end: () => broker.stop(),
    start: async () => void (await broker.start(port)),
    close: () => broker.stop(),
  };
}

busContract('FakeBus', 5, async () => {
  const broker = new FakeBroker();
  return {
    bus: async (clientId, will) => new FakeBus(broker, { clientId, ...(will === undefined ? {} : { will }) }),
    goDown: async () => broker.goDown(),
    comeBack: async () => broker.comeBack(),
    cut: async (bus) => (bus as FakeBus).drop(true),
    close: async () => {},
  };
});

// `auto` meets a broker without MQTT 5 here: the fall-back to protocol 4 is part of every test.
busContract('MqttBus on aedes', 4, async () => worldOf(await startAedes(), 'auto'));

describe.skipIf(!MOSQUITTO_INSTALLED)('with mosquitto (skipped where it is not installed)', () => {
  busContract('MqttBus on mosquitto, protocol 5', 5, async () =>
    worldOf(await startMosquitto({ persistence: true }), 'auto'),
  );
  busContract('MqttBus on mosquitto, protocol 4', 4, async () =>
    worldOf(await startMosquitto({ persistence: true }), '4'),
  );

  it('stays within the receive maximum that the broker announces', async () => {
    const broker = await startMosquitto({ config: ['allow_anonymous true', 'max_inflight_messages 3'] });
    const bus = busAt(broker.port, 'kiosk');
    bus.start();
    await eventually('connects', () => bus.status().connected);
    expect(bus.status().window).toBe(3);
    await bus.stop();
    await broker.close();
  });

  it('tells a publish that the access list forbids as refused with its code', async () => {
    const broker = await startMosquitto({
      config: ['allow_anonymous true', 'acl_file {dir}/acl'],
      files: { acl: 'topic readwrite v/allowed/#\n' },
    });
    const bus = busAt(broker.port, 'kiosk');
    bus.start();
    await eventually('connects', () => bus.status().connected);
    expect(await bus.publish('v/forbidden', 'x', { qos: 1, retain: false })).toEqual({ kind: 'refused', code: 135 });
    expect(await bus.publish('v/allowed/x', 'x', { qos: 1, retain: false })).toEqual({ kind: 'acknowledged' });
    await bus.stop();
    await broker.close();
  });

  for (const protocol of ['4', '5'] as const)
    it(`notices two clients with one id on protocol ${protocol}`, async () => {
      const broker = await startMosquitto();
      const mine = busAt(broker.port, 'twin', { protocol });
      const other = busAt(broker.port, 'twin', { protocol });
      let told = 0;
      mine.onTakenOver(() => told++);
      other.onTakenOver(() => told++);
      mine.start();
      other.start();
      await eventually('the conflict is told', () => told > 0);
      await Promise.all([mine.stop(), other.stop()]);
      await broker.close();
    });

  it('says in a sentence that the password is wrong, without the password', async () => {
    const broker = await startMosquitto({
      config: ['allow_anonymous false', 'password_file {dir}/passwords'],
      // A hash of another password (mosquitto_passwd -H sha512).
      files: {
        passwords:
          'kiosk:$7$101$8jd1Hy2t3yVnJ7dC$cW1N8d7g8eYf0Wc8b8m3iYh3X3C0o7lq0Gq1mK0bF0b6mZ6iH7o9O3b6y0o8vQ3r2n1e5k7c9s0a4d6f8g2h1j==\n',
      },
    });
    const notices: string[] = [];
    const bus = new MqttBus(
      {
        url: broker.url,
        protocol: 'auto',
        clientId: 'kiosk',
        username: 'kiosk',
        password: 'canary-secret',
        keepaliveSeconds: 30,
        allowPlain: false,
      },
      { clock: realClock, random: realRandom, notice: (sentence) => notices.push(sentence) },
    );
    bus.start();
    await eventually('the refusal', () => bus.status().lastError !== undefined);
    expect(bus.status().lastError).toMatch(/mqtt\.username/);
    expect(JSON.stringify([bus.status(), notices])).not.toContain('canary-secret');
    await bus.stop();
    await broker.close();
  });

  it('loses what is in flight when the link falls silent, and notices within 1.5 keepalives', async () => {
    const broker = await startMosquitto();
    const link = new Link(() => broker.port);
    await link.start();
    const bus = busAt(link.port, 'kiosk', { keepaliveSeconds: 2 });
    bus.start();
    await eventually('connects', () => bus.status().connected);
    link.freeze();
    const outcome = bus.publish('v/x', 'x', { qos: 1, retain: false });
    expect((await outcome).kind).toBe('lost');
    expect(bus.status().connected).toBe(false);
    await bus.stop();
    await link.close();
    await broker.close();
  });
});

describe('MqttBus', () => {
  it('says in a sentence that nobody listens', async () => {
    const bus = busAt(await freePort(), 'kiosk');
    bus.start();
    await eventually('the sentence', () => bus.status().lastError !== undefined);
    expect(bus.status().lastError).toMatch(/^Broker 127\.0\.0\.1:\d+: No broker listens there\. Start the broker/);
    await bus.stop();
  });

  it('begins a new connection when the broker answers pings but acknowledges nothing, and says so until it does', async () => {
    const broker = new SilentBroker();
    await broker.start();
    const bus = busAt(broker.port, 'kiosk', { protocol: '4', keepaliveSeconds: 1, acknowledgeMs: 2500 });
    bus.start();
    await eventually('connects', () => bus.status().connected);
    const first = bus.publish('v/x', '1', { qos: 1, retain: false });
    const second = bus.publish('v/x', '2', { qos: 1, retain: false });
    expect(await first).toEqual({ kind: 'lost', reason: 'not acknowledged within 2.5 s' });
    expect((await second).kind).toBe('lost');
    expect(broker.pings).toBeGreaterThan(0);
    expect(bus.status().lastError).toMatch(/^Broker 127\.0\.0\.1:\d+: .*does not acknowledge.* Check /);
    await eventually('connects again', () => bus.status().connected);
    expect(broker.connections).toBe(2);
    expect(bus.status().lastError).toMatch(/does not acknowledge/);
    broker.silent = false;
    expect(await bus.publish('v/x', '1', { qos: 1, retain: false })).toEqual({ kind: 'acknowledged' });
    expect(bus.status().lastError).toBeUndefined();
    await bus.stop();
    await broker.close();
  });

  it('refuses an unencrypted broker on another machine unless it is allowed', () => {
    const make = (url: string, allowPlain: boolean) => () => busAt(0, 'kiosk', { url, allowPlain });
    expect(make('mqtt://broker.example', false)).toThrow(/not encrypted.*mqtts:\/\/.*mqtt\.allowPlain/);
    expect(make('ws://10.0.0.7', false)).toThrow(/not encrypted/);
    expect(make('mqtt://127.evil.example', false)).toThrow(/not encrypted/);
    expect(make('mqtt://broker.example', true)).not.toThrow();
    expect(make('mqtts://broker.example', false)).not.toThrow();
    expect(make('mqtt://localhost', false)).not.toThrow();
    expect(make('mqtt://[::1]:1883', false)).not.toThrow();
    expect(make('mqtt://user:secret@localhost', false)).toThrow(/must not hold a user name/);
    expect(make('http://localhost', false)).toThrow(/no broker address/);
  });

  it('tells the fall-back to protocol 4 in one sentence and as no error', async () => {
    const broker = await startAedes();
    const notices: string[] = [];
    const bus = new MqttBus(
      {
        url: `mqtt://127.0.0.1:${broker.port}`,
        protocol: 'auto',
        clientId: 'kiosk',
        keepaliveSeconds: 30,
        allowPlain: false,
      },
      { clock: realClock, random: realRandom, notice: (sentence) => notices.push(sentence) },
    );
    bus.start();
    await eventually('connects', () => bus.status().connected);
    expect(notices).toEqual(['The broker does not speak MQTT 5; MQTT 3.1.1 is used.']);
    expect(bus.status()).toMatchObject({ protocol: 4, reconnects: 0 });
    expect(bus.status().lastError).toBeUndefined();
    await bus.stop();
    await broker.close();
  });

  it('does not fall back to protocol 4 where 5 is demanded', async () => {
    const broker = await startAedes();
    const bus = busAt(broker.port, 'kiosk', { protocol: '5' });
    bus.start();
    await eventually('the refusal', () => bus.status().lastError !== undefined);
    expect(bus.status().lastError).toMatch(/does not speak this MQTT version/);
    await bus.stop();
    await broker.close();
  });
});
