import { isIP } from 'node:net';
import type { IClientOptions } from 'mqtt';
import { VestibuleError } from '../domain/errors.js';

/** Everything a connection needs; files and secrets are already read. */
export interface MqttBusOptions {
  /** mqtt://, mqtts://, ws:// or wss:// address without credentials. */
  readonly url: string;
  readonly protocol: 'auto' | '4' | '5';
  /** `vestibule_<site>_<kiosk>` (docs/mqtt.md "Topics"). */
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  readonly keepaliveSeconds: number;
  /** Allows an unencrypted connection to another machine. */
  readonly allowPlain: boolean;
  /** PEM texts. */
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Name expected in the broker's certificate when it differs from the address. */
  readonly serverName?: string;
  /** The last will: published retained with QoS 1 when the link breaks. */
  readonly will?: { readonly topic: string; readonly payload: string };
  /** First and longest wait before a new attempt, ms. Default 1,000 and 60,000. */
  readonly reconnectMinMs?: number;
  readonly reconnectMaxMs?: number;
  /** A publish with QoS 1 that is not acknowledged for so long is lost, ms. Default 20,000. */
  readonly acknowledgeMs?: number;
}

/** Where the broker is. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
  readonly encrypted: boolean;
  readonly loopback: boolean;
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'mqtt:': 1883, 'mqtts:': 8883, 'ws:': 80, 'wss:': 443 };
/** Seconds for which the broker keeps the session of an absent kiosk (protocol 5). */
const SESSION_EXPIRY_SECONDS = 3600;

/**
 * Reads a broker URL and refuses an unencrypted connection to another machine unless it is allowed.
 * Throws `config_invalid`.
 */
export function brokerAddress(url: string, allowPlain: boolean): BrokerAddress {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const defaultPort = parsed && DEFAULT_PORTS[parsed.protocol];
  if (parsed === undefined || defaultPort === undefined || parsed.hostname === '')
    throw new VestibuleError(
      'config_invalid',
      'mqtt.url is no broker address: use mqtts://host:port or mqtt://host:port.',
    );
  if (parsed.username !== '' || parsed.password !== '')
    throw new VestibuleError(
      'config_invalid',
      'mqtt.url must not hold a user name or password: use mqtt.username and mqtt.passwordFile.',
    );
  const host = parsed.hostname.replace(/^\[|\]$/g, '');
  const encrypted = parsed.protocol === 'mqtts:' || parsed.protocol === 'wss:';
  const loopback = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
  if (!encrypted && !loopback && !allowPlain)
    throw new VestibuleError(
      'config_invalid',
      `mqtt.url ${parsed.protocol}//${host} is not encrypted and leaves this machine: use mqtts://, or set mqtt.allowPlain: true if you accept that anybody on the network can read and forge messages.`,
    );
  return { host, port: parsed.port === '' ? defaultPort : Number(parsed.port), encrypted, loopback };
}

/** Options of one connection attempt. The vendor's own reconnect, queue and re-subscription stay off. */
export function clientOptions(options: MqttBusOptions, protocol: 4 | 5): IClientOptions {
  const tls = {
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2' as const,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
    ...(options.cert === undefined ? {} : { cert: options.cert }),
    ...(options.key === undefined ? {} : { key: options.key }),
    ...(options.serverName === undefined ? {} : { servername: options.serverName }),
  };
  const username = options.username ?? (options.password === undefined ? undefined : options.clientId);
  return {
    ...tls,
    ...(/^wss:/.test(options.url) ? { wsOptions: tls } : {}),
    protocolVersion: protocol,
    protocolId: 'MQTT',
    clientId: options.clientId,
    clean: false,
    keepalive: options.keepaliveSeconds,
    connectTimeout: 10_000,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    ...(username === undefined ? {} : { username }),
    ...(options.password === undefined ? {} : { password: options.password }),
    ...(options.will === undefined
      ? {}
      : {
          will: {
            topic: options.will.topic,
            payload: Buffer.from(options.will.payload),
            qos: 1 as const,
            retain: true,
          },
        }),
    ...(protocol === 5 ? { properties: { sessionExpiryInterval: SESSION_EXPIRY_SECONDS } } : {}),
  };
}
