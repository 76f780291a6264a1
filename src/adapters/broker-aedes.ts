import { createServer, type Server, type Socket } from 'node:net';
import { Aedes } from 'aedes';
import { VestibuleError } from '../domain/errors.js';

const HOST = '127.0.0.1';
/** Ports tried one after the other when the wanted one is taken. */
const PORTS_TRIED = 20;

export interface AedesBrokerParts {
  /** Receives sentences worth a line in the log. */
  readonly notice?: (sentence: string) => void;
}

/**
 * The embedded MQTT 3.1.1 broker of a kiosk without a configured one: loopback address only, everything in memory.
 * For a first look and for tests, not for a building.
 */
export class AedesBroker {
  readonly #notice: (sentence: string) => void;
  readonly #sockets = new Set<Socket>();
  #broker: Aedes | undefined;
  #server: Server | undefined;

  constructor(parts: AedesBrokerParts = {}) {
    this.#notice = parts.notice ?? (() => {});
  }

  /**
   * Listens on the port (0 = any free one), or on the next free one when it is taken. Returns the port in use.
   * Throws `broker_unreachable` when no port is free.
   */
  async start(port: number): Promise<number> {
    const broker = await Aedes.createBroker();
    // A client that breaks its connection is an everyday event, not a fault of the broker.
    broker.on('clientError', () => {});
    broker.on('connectionError', () => {});
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      broker.handle(socket);
    });
    const last = port === 0 ? 0 : Math.min(65_535, port + PORTS_TRIED - 1);
    for (let candidate = port; candidate <= last; candidate++) {
      const bound = await listen(server, candidate);
      if (bound === undefined) continue;
      if (bound !== port && port !== 0)
        this.#notice(
          `Port ${port} is taken by another program; the embedded MQTT broker listens on ${HOST}:${bound}. Set mqtt.url to use the other broker.`,
        );
      this.#broker = broker;
      this.#server = server;
      return bound;
    }
    await new Promise<void>((resolve) => broker.close(() => resolve()));
    throw new VestibuleError(
      'broker_unreachable',
      `The embedded MQTT broker found no free port from ${port} to ${last}. Set mqtt.embeddedPort to a free one.`,
    );
  }

  async stop(): Promise<void> {
    const server = this.#server;
    const broker = this.#broker;
    this.#server = undefined;
    this.#broker = undefined;
    if (server === undefined || broker === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => broker.close(() => resolve()));
    await closed;
  }
}

/** The port in use, or undefined when the wanted one is taken. */
function listen(server: Server, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else
        reject(
          new VestibuleError('broker_unreachable', `The embedded MQTT broker cannot listen on ${HOST}:${port}.`, {
            cause: error,
          }),
        );
    };
    server.once('error', failed);
    server.listen(port, HOST, () => {
      server.off('error', failed);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
