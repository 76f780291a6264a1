import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { toError } from '../domain/errors.js';
import { limitConnections } from './connection-limit.js';
import { CONNECTION_LIMITS, listen } from './listen.js';
import { lanHosts, lanNames } from './origin.js';
import type { HttpLog, LanSettings } from './parts.js';

/** Fewer than the kiosk's own page has: the network never takes its places. */
const MAX_CONNECTIONS = 64;
/** A certificate is looked at again so often: renewed ones are taken without a restart. */
const CERTIFICATE_MS = 12 * 3_600_000;
/** The machine may get another address at any time. */
const ADDRESSES_MS = 15_000;

/** The TLS listener for other browsers, over the same application as the kiosk's own page. */
export class LanListener {
  readonly #settings: LanSettings;
  readonly #log: HttpLog;
  #server: Server | undefined;
  #names: ReadonlyMap<string, string> = new Map();
  #timers: NodeJS.Timeout[] = [];

  constructor(settings: LanSettings, log: HttpLog) {
    this.#settings = settings;
    this.#log = log;
  }

  /** Host header → origin of this listener; empty while it does not listen. */
  get names(): ReadonlyMap<string, string> {
    return this.#names;
  }

  /** Throws the fault of the certificate, and `port_in_use` when the address is taken. */
  async start(application: RequestListener): Promise<{ url: string }> {
    const { certificate } = this.#settings;
    let pair = await certificate.obtain();
    const server = createServer({ ...CONNECTION_LIMITS, ...pair, minVersion: 'TLSv1.2' }, application);
    limitConnections(server, MAX_CONNECTIONS);
    await listen(server, this.#settings, 'lan.port');
    this.#server = server;
    const { port } = server.address() as AddressInfo;
    const look = () => {
      this.#names = lanNames(port, lanHosts(this.#settings));
    };
    look();
    const renew = async (): Promise<void> => {
      try {
        const newest = await certificate.obtain();
        if (newest.cert === pair.cert) return;
        pair = newest;
        server.setSecureContext({ ...pair, minVersion: 'TLSv1.2' });
      } catch (thrown) {
        this.#log.error({ err: toError(thrown) }, 'the certificate was not renewed; the former one stays in use');
      }
    };
    this.#timers = [setInterval(look, ADDRESSES_MS), setInterval(() => void renew(), CERTIFICATE_MS)];
    for (const timer of this.#timers) timer.unref();
    return { url: [...this.#names.values()][0] ?? `https://localhost:${port}` };
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    const ending = this.#server;
    this.#server = undefined;
    this.#names = new Map();
    if (ending === undefined) return;
    await new Promise<void>((resolve) => {
      ending.close(() => resolve());
      ending.closeAllConnections();
    });
  }
}
