import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { VestibuleError } from '../domain/errors.js';
import { createApp } from './app.js';
import { limitConnections } from './connection-limit.js';
import { EventStream } from './event-stream.js';
import { LanListener } from './lan-listener.js';
import { CONNECTION_LIMITS, listen } from './listen.js';
import { type KnownNames, knownNames } from './origin.js';
import type { HttpParts, HttpSettings } from './parts.js';
import { loadStaticFiles } from './static-files.js';
import { VideoFeed } from './video-feed.js';

/** Connections that may be open at the same time. */
const MAX_CONNECTIONS = 128;

/** The HTTP server of the kiosk: pages, API, events, live view. */
export interface HttpServer {
  /**
   * Listens; throws `port_in_use` when an address is taken, `config_invalid` for an origin that is none, and the fault
   * of the certificate. `lanUrl`: one address of the listener for other browsers.
   */
  start(): Promise<{ url: string; lanUrl?: string }>;
  /** Ends every connection and listener; safe twice and before start. */
  stop(): Promise<void>;
}

/** Builds the server; nothing happens before `start`. */
export function createHttpServer(parts: HttpParts, settings: HttpSettings): HttpServer {
  let server: Server | undefined;
  const events = new EventStream(parts);
  const video = new VideoFeed(parts);
  const lan = settings.lan === undefined ? undefined : new LanListener(settings.lan, parts.log);

  async function start(): Promise<{ url: string; lanUrl?: string }> {
    const files = await loadStaticFiles(settings.uiDirectory);
    let names = namesFor(settings.port, settings.origins);
    const known = (): KnownNames => (lan === undefined ? names : { ...names, lan: lan.names });
    const { koa } = createApp({ parts, events, video, files, names: known });
    const application = koa.callback();
    const created = createServer(CONNECTION_LIMITS, application);
    limitConnections(created, MAX_CONNECTIONS);
    await listen(created, settings, 'http.port');
    const { port } = created.address() as AddressInfo;
    names = namesFor(port, settings.origins);
    server = created;
    events.start();
    const lanUrl = await startLan(application);
    const shown = settings.host === '0.0.0.0' || settings.host === '::' ? '127.0.0.1' : settings.host;
    const url = `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`;
    return { url, ...(lanUrl !== undefined && { lanUrl }) };
  }

  async function startLan(application: RequestListener): Promise<string | undefined> {
    try {
      return (await lan?.start(application))?.url;
    } catch (fault) {
      await stop();
      throw fault;
    }
  }

  async function stop(): Promise<void> {
    const ending = server;
    server = undefined;
    events.stop();
    video.stop();
    await lan?.stop();
    if (ending === undefined) return;
    await new Promise<void>((resolve) => {
      ending.close(() => resolve());
      ending.closeAllConnections();
    });
  }

  return { start, stop };
}

function namesFor(port: number, origins: readonly string[]): KnownNames {
  for (const origin of origins) {
    if (!URL.canParse(origin) || !/^https?:$/.test(new URL(origin).protocol) || new URL(origin).origin !== origin) {
      throw new VestibuleError(
        'config_invalid',
        `http.origins: "${origin}" is not an origin; write scheme://host:port in lower case and nothing behind it.`,
      );
    }
  }
  return knownNames(port, origins);
}
