import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toError, VestibuleError } from '../domain/errors.js';
import { createApp } from './app.js';
import { EventStream } from './event-stream.js';
import { type KnownNames, knownNames } from './origin.js';
import type { HttpParts, HttpSettings } from './parts.js';
import { loadStaticFiles } from './static-files.js';
import { VideoFeed } from './video-feed.js';

/** Limits against slow and many clients. */
const LIMITS = {
  maxConnections: 128,
  headerBytes: 16 * 1024,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 20_000,
  keepAliveTimeoutMs: 5_000,
  checkMs: 2_000,
} as const;

/** The HTTP server of the kiosk: pages, API, events, live view. */
export interface HttpServer {
  /** Listens; throws `port_in_use` when the address is taken and `config_invalid` for an origin that is none. */
  start(): Promise<{ url: string }>;
  /** Ends every connection and listener; safe twice and before start. */
  stop(): Promise<void>;
}

/** Builds the server; nothing happens before `start`. */
export function createHttpServer(parts: HttpParts, settings: HttpSettings): HttpServer {
  let server: Server | undefined;
  const events = new EventStream(parts);
  const video = new VideoFeed(parts);

  async function start(): Promise<{ url: string }> {
    const files = await loadStaticFiles(settings.uiDirectory);
    let names: KnownNames = namesFor(settings.port, settings.origins);
    const { koa } = createApp({ parts, events, video, files, names: () => names });
    const created = createServer(
      {
        maxHeaderSize: LIMITS.headerBytes,
        headersTimeout: LIMITS.headersTimeoutMs,
        requestTimeout: LIMITS.requestTimeoutMs,
        keepAliveTimeout: LIMITS.keepAliveTimeoutMs,
        connectionsCheckingInterval: LIMITS.checkMs,
      },
      koa.callback(),
    );
    created.maxConnections = LIMITS.maxConnections;
    await listen(created, settings);
    const { port } = created.address() as AddressInfo;
    names = namesFor(port, settings.origins);
    server = created;
    events.start();
    const shown = settings.host === '0.0.0.0' || settings.host === '::' ? '127.0.0.1' : settings.host;
    return { url: `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}` };
  }

  async function stop(): Promise<void> {
    const ending = server;
    server = undefined;
    events.stop();
    video.stop();
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

function listen(server: Server, { host, port }: HttpSettings): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      const taken = error.code === 'EADDRINUSE' || error.code === 'EADDRNOTAVAIL' || error.code === 'EACCES';
      const why = { EADDRINUSE: 'in use', EACCES: 'not allowed for this user' }[error.code ?? ''] ?? 'not available';
      reject(
        taken
          ? new VestibuleError('port_in_use', `The address ${host}:${port} is ${why}.`, {
              cause: error,
              context: { port },
            })
          : toError(error),
      );
    };
    server.once('error', failed);
    server.listen(port, host, () => {
      server.off('error', failed);
      resolve();
    });
  });
}
