import type { IncomingMessage } from 'node:http';
import { networkInterfaces } from 'node:os';
import type { TLSSocket } from 'node:tls';
import type { Caller } from './parts.js';
import { Refusal } from './refusal.js';

/** Which Host and Origin headers belong to this kiosk. Compared as exact strings: no case folding, no suffixes. */
export interface KnownNames {
  /** Host header → origin, of this machine's loopback names. */
  readonly loopback: ReadonlyMap<string, string>;
  /** Host header → origin, of the configured origins. */
  readonly configured: ReadonlyMap<string, string>;
  /** Host header → origin, of the listener for other browsers. Only its own connections (TLS) may use them. */
  readonly lan: ReadonlyMap<string, string>;
}

/** Where a request comes from and the origin that its page must have. */
export interface Place {
  readonly from: Caller['from'];
  readonly origin: string;
}

/** The exact names under which the page may be asked for, for a server that listens on `port`. */
export function knownNames(port: number, origins: readonly string[]): KnownNames {
  const loopback = new Map<string, string>();
  for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
    const host = port === 80 ? name : `${name}:${port}`;
    loopback.set(host, `http://${host}`);
  }
  const configured = new Map<string, string>();
  for (const origin of origins) {
    const url = new URL(origin);
    configured.set(url.host, url.origin);
  }
  return { loopback, configured, lan: new Map() };
}

/**
 * Names and addresses of the listener for other browsers: those configured, and the addresses that the machine has now
 * where it listens on all of them.
 */
export function lanHosts({ host, names }: { readonly host: string; readonly names: readonly string[] }): string[] {
  const everywhere = host === '0.0.0.0' || host === '::';
  // Those that others reach come first: one of them is shown to whoever starts the kiosk.
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .sort((a, b) => Number(a.internal) - Number(b.internal));
  // A link-local address carries its interface (%eth0), which no browser sends.
  const addresses = everywhere ? own.map(({ address }) => address.split('%', 1)[0]!) : [host];
  return [...new Set([...names, ...addresses].map((name) => name.toLowerCase()))];
}

/** Host header → origin of the hosts of the listener for other browsers. */
export function lanNames(port: number, hosts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    hosts.map((host) => {
      const shown = `${host.includes(':') ? `[${host}]` : host}${port === 443 ? '' : `:${port}`}`;
      return [shown, `https://${shown}`];
    }),
  );
}

function isLoopbackAddress(address: string | undefined): boolean {
  return address !== undefined && (/^(::ffff:)?127\./.test(address) || address === '::1');
}

/** Where a request comes from. Throws 421 for a foreign Host (DNS rebinding) and for a loopback name used from outside. */
export function placeOf(request: IncomingMessage, names: KnownNames): Place {
  const host = request.headers.host ?? '';
  if ((request.socket as Partial<TLSSocket>).encrypted === true) {
    const lan = names.lan.get(host);
    if (lan !== undefined) return { from: 'lan', origin: lan };
    throw unknownHost('Open the page by an address of the kiosk, or add its name to lan.names.');
  }
  const local = names.loopback.get(host);
  if (local !== undefined && isLoopbackAddress(request.socket.remoteAddress))
    return { from: 'loopback', origin: local };
  const configured = names.configured.get(host);
  if (configured !== undefined) return { from: 'origin', origin: configured };
  throw unknownHost(
    'Open the page at http://127.0.0.1 with the port of the kiosk, or add the address to http.origins.',
  );
}

function unknownHost(mend: string): Refusal {
  return new Refusal(421, 'host_unknown', 'The kiosk is not known by this name.', mend);
}

/**
 * Refuses requests that another site caused. A read may come without Origin (navigation, <img>); a change of state by
 * the page must carry the exact Origin. `bearer` requests carry their own proof and may come without Origin.
 */
export function checkSameOrigin(request: IncomingMessage, origin: string, bearer: boolean): void {
  const refuse = () =>
    new Refusal(403, 'origin_refused', 'The request comes from another site.', 'Use the page of the kiosk itself.');
  const sent = request.headers.origin;
  if (sent !== undefined && sent !== origin) throw refuse();
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw refuse();
  const changes = request.method !== 'GET' && request.method !== 'HEAD';
  if (changes && !bearer && (sent === undefined || site === 'none')) throw refuse();
}
