import { readFile } from 'node:fs/promises';
import { MqttBus } from '../../adapters/bus-mqtt.js';
import { SystemClock } from '../../adapters/clock-system.js';
import { CryptoRandom } from '../../adapters/random-crypto.js';
import { readSecret } from '../../config/secrets.js';
import { VestibuleError } from '../../domain/errors.js';
import { type Check, type Finding, fail, ok, warn } from './finding.js';

const LIMIT_MS = 8000;

/** Connects as the kiosk would, under another client id, so that a running kiosk is not thrown out. */
export const brokerCheck: Check = {
  name: 'broker',
  run: async ({ config, env }) => {
    const { mqtt } = config;
    if (!mqtt.enabled) return [ok('MQTT is switched off')];
    if (mqtt.url === undefined) return [ok(`embedded broker on 127.0.0.1:${mqtt.embeddedPort}`)];
    const findings: Finding[] = [];
    const onWarning = (warning: string) => findings.push(warn(warning, 'Let only the kiosk read secrets.'));
    const password = readSecret('mqtt-password', { env, file: mqtt.passwordFile, onWarning });
    const clientId = `vestibule_${config.site.id}_${config.kiosk.id}`;
    const username = mqtt.username ?? (password === undefined ? undefined : clientId);
    const [ca, cert, key] = await Promise.all([pem(mqtt.caFile), pem(mqtt.certFile), pem(mqtt.keyFile)]);
    const bus = new MqttBus(
      {
        url: mqtt.url,
        protocol: mqtt.protocol,
        clientId: `${clientId}_doctor`,
        keepaliveSeconds: mqtt.keepaliveSeconds,
        allowPlain: mqtt.allowPlain,
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
        ...(ca === undefined ? {} : { ca }),
        ...(cert === undefined ? {} : { cert }),
        ...(key === undefined ? {} : { key }),
        ...(mqtt.serverName === undefined ? {} : { serverName: mqtt.serverName }),
      },
      { clock: new SystemClock(), random: new CryptoRandom() },
    );
    const connected = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), LIMIT_MS);
      const poll = setInterval(() => bus.status().lastError !== undefined && settle(false), 100);
      const settle = (value: boolean): void => {
        clearTimeout(timer);
        clearInterval(poll);
        resolve(value);
      };
      bus.onConnected(() => settle(true));
      bus.start();
      timer.unref();
    });
    const { protocol, lastError } = bus.status();
    await bus.stop();
    const address = mqtt.url.replace(/(:\/\/)[^/@]*@/, '$1');
    if (connected) findings.push(ok(`${address} accepts this kiosk (protocol ${protocol ?? '?'})`));
    else
      findings.push(
        fail(
          `${address}: ${lastError ?? 'no answer in 8 s.'}`,
          'Events wait in the outbox. Check mqtt.url, network, user name, password and certificates.',
        ),
      );
    return findings;
  },
};

async function pem(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  return readFile(file, 'utf8').catch(() => {
    throw new VestibuleError('secret_unreadable', `The file ${file} cannot be read.`);
  });
}
