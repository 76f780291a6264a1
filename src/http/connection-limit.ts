import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';

/** What is known of one connection. */
interface Connection {
  readonly socket: Socket;
  /** The request that is being answered, or whose body is awaited. */
  request?: IncomingMessage | undefined;
}

/** Connections that are being ended count until they are closed. */
const ENDING = 32;

/**
 * Bounds the connections of a server without letting those that say nothing keep the others out: one too many ends the
 * one that has been without a request for the longest time, or else the one whose body has been awaited for the longest.
 * What is being answered (a page, events, the live view) is never ended; when there is nothing else, the newest one is.
 * @param most connections that stay open
 */
export function limitConnections(server: Server, most: number): void {
  /** By the address and port at the other end, which are the same before and after the handshake of TLS. Oldest first. */
  const open = new Map<string, Connection>();
  server.maxConnections = most + ENDING;
  server.on('connection', (socket: Socket) => {
    const key = keyOf(socket);
    const connection: Connection = { socket };
    open.set(key, connection);
    socket.once('close', () => {
      if (open.get(key) === connection) open.delete(key);
    });
    if (open.size > most) end(leastWanted([...open.values()]));
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const key = keyOf(request.socket);
    const connection = open.get(key);
    if (connection === undefined) return;
    connection.request = request;
    response.once('close', () => {
      connection.request = undefined;
      // It has said something just now: others have been silent for longer.
      if (open.delete(key)) open.set(key, connection);
    });
  });

  function end(connection: Connection | undefined): void {
    if (connection === undefined) return;
    for (const [key, one] of open) if (one === connection) open.delete(key);
    connection.socket.destroy();
  }
}

function leastWanted(open: readonly Connection[]): Connection | undefined {
  const former = open.slice(0, -1);
  return (
    former.find(({ request }) => request === undefined) ??
    former.find(({ request }) => request?.complete === false) ??
    open.at(-1)
  );
}

function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
