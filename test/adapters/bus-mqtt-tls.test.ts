import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MqttBus, type MqttBusOptions } from '../../src/adapters/bus-mqtt.js';
import { type Authority, makeAuthority } from '../support/certificates.js';
import { Link } from '../support/link.js';
import { MOSQUITTO_INSTALLED, type Mosquitto, startMosquitto } from '../support/mosquitto.js';
import { eventually, realClock, realRandom } from '../support/real-time.js';

const CANARY = 'canary-payload';

describe.skipIf(!MOSQUITTO_INSTALLED)('MqttBus over TLS (skipped where mosquitto is not installed)', () => {
  let authority: Authority;
  let stranger: Authority;
  const brokers: Mosquitto[] = [];

  beforeAll(() => {
    authority = makeAuthority('Building CA');
    stranger = makeAuthority('Stranger CA');
  });
  afterAll(async () => {
    for (const broker of brokers) await broker.close();
    authority?.remove();
    stranger?.remove();
  });

  async function tlsBroker(options: { name?: string; days?: number; clients?: boolean } = {}): Promise<Mosquitto> {
    const { cert, key } = authority.issue('broker', options.name ?? 'IP:127.0.0.1', options.days);
    const broker = await startMosquitto({
      config: [
        'allow_anonymous true',
        'certfile {dir}/cert.pem',
        'keyfile {dir}/key.pem',
        ...(options.clients ? ['cafile {dir}/ca.pem', 'require_certificate true'] : []),
      ],
      files: { 'cert.pem': cert, 'key.pem': key, 'ca.pem': authority.ca },
    });
    brokers.push(broker);
    return broker;
  }

  /** What became of a connection, and every byte the kiosk sent. */
  async function attempt(
    port: number,
    more: Partial<MqttBusOptions>,
  ): Promise<{ error: string | undefined; sent: Buffer }> {
    const link = new Link(() => port);
    await link.start();
    const bus = new MqttBus(
      {
        url: `mqtts://127.0.0.1:${link.port}`,
        protocol: 'auto',
        clientId: 'kiosk',
        username: 'kiosk',
        password: 'canary-password',
        keepaliveSeconds: 30,
        allowPlain: false,
        ...more,
      },
      { clock: realClock, random: realRandom },
    );
    bus.start();
    await eventually('an outcome', () => bus.status().connected || bus.status().lastError !== undefined);
    await bus.publish('v/x', CANARY, { qos: 1, retain: false });
    const { connected, lastError } = bus.status();
    await bus.stop();
    await link.close();
    return { error: connected ? undefined : (lastError ?? ''), sent: link.sent };
  }

  it('says which file to correct when the client certificate is no certificate, and does not throw', async () => {
    const broken = await attempt(1, { cert: 'not a certificate', key: 'not a key' });
    expect(broken.error).toContain('mqtt.certFile');
    const one = authority.issue('one', 'IP:127.0.0.1');
    const other = authority.issue('other', 'IP:127.0.0.1');
    const crossed = await attempt(1, { cert: one.cert, key: other.key });
    expect(crossed.error).toContain('do not belong together');
  });

  function carriesNothing(sent: Buffer): void {
    expect(sent.includes(CANARY)).toBe(false);
    expect(sent.includes('canary-password')).toBe(false);
  }

  it('connects with the right CA and a client certificate', async () => {
    const broker = await tlsBroker({ clients: true });
    const { error, sent } = await attempt(broker.port, { ca: authority.ca, ...authority.issue('kiosk', 'DNS:kiosk') });
    expect(error).toBeUndefined();
    carriesNothing(sent);
  });

  it('says that a client certificate is missing', async () => {
    const broker = await tlsBroker({ clients: true });
    const { error, sent } = await attempt(broker.port, { ca: authority.ca });
    expect(error).toMatch(/asks for a client certificate\. Set mqtt\.certFile and mqtt\.keyFile/);
    carriesNothing(sent);
  });

  it('refuses a broker whose CA it does not know', async () => {
    const broker = await tlsBroker();
    for (const ca of [stranger.ca, undefined]) {
      const { error, sent } = await attempt(broker.port, ca === undefined ? {} : { ca });
      expect(error).toMatch(/authority that this kiosk does not know\. Set mqtt\.caFile/);
      carriesNothing(sent);
    }
  });

  it('refuses an expired certificate', async () => {
    const broker = await tlsBroker({ days: -1 });
    const { error, sent } = await attempt(broker.port, { ca: authority.ca });
    expect(error).toMatch(/has expired/);
    carriesNothing(sent);
  });

  it('refuses a certificate made out to another name, unless that name is expected', async () => {
    const broker = await tlsBroker({ name: 'DNS:broker.example' });
    const { error, sent } = await attempt(broker.port, { ca: authority.ca });
    expect(error).toMatch(/another name\. Correct mqtt\.url or set mqtt\.serverName/);
    carriesNothing(sent);
    expect((await attempt(broker.port, { ca: authority.ca, serverName: 'broker.example' })).error).toBeUndefined();
  });

  it('sends no payload and no password to a plain port', async () => {
    const broker = await startMosquitto();
    brokers.push(broker);
    const { error, sent } = await attempt(broker.port, { ca: authority.ca });
    expect(error).toMatch(/^Broker /);
    carriesNothing(sent);
  });

  it('sends no payload to a port that answers with something else', async () => {
    const server = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const { error, sent } = await attempt(typeof address === 'object' && address !== null ? address.port : 0, {});
    expect(error).toMatch(/does not speak TLS on this port/);
    carriesNothing(sent);
    server.close();
  });
});
