import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';

/** What is known of one connection. */
interface Connection {
  readonly socket: Socket;
  /** The request that is being answered, or whose body is awaited. */
  request?: IncomingMessage | undefined;
}

/**
 * Bounds the connections of a server without letting those that say nothing keep the others out: one too many ends the
 * one that has been without a request for the longest time, or else the one whose body has been awaited for the longest.
 * What is being answered (a page, events, the live view) is spared while there is anything else; then the newcomer is ended.
 * @param most connections that stay open
 */
export function limitConnections(server: Server, most: number): void {
  /** By the address and port at the other end, which are the same before and after the handshake of TLS. Oldest first. */
  const open = new Map<string, Connection>();
  let looks = false;
  // Newcomers and those that are being ended count too, for a moment.
  server.maxConnections = 2 * most;
  server.on('connection', (socket: Socket) => {
    const key = keyOf(socket);
    const connection: Connection = { socket };
    open.set(key, connection);
    socket.once('close', () => {
      if (open.get(key) === connection) open.delete(key);
    });
    if (open.size > most) lookSoon();
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

  /** Not at once: what a connection has sent is read in the turn of the event loop after the one that has taken it. */
  function lookSoon(): void {
    if (looks) return;
    looks = true;
    setImmediate(() => setImmediate(look));
  }

  function look(): void {
    looks = false;
    while (open.size > most) {
      const [key, { socket }] = leastWanted([...open]);
      open.delete(key);
      socket.destroy();
    }
  }
}

/**
 * The oldest silent one; but of those that came last nobody is silent for long (a handshake takes its time), so then the
 * oldest whose body is awaited.
 */
function leastWanted(open: readonly (readonly [string, Connection])[]): readonly [string, Connection] {
  const silent = open.findIndex(([, { request }]) => request === undefined);
  const unfinished = open.findIndex(([, { request }]) => request?.complete === false);
  if (silent >= 0 && (silent < open.length / 2 || unfinished < 0)) return open[silent]!;
  return open.at(unfinished)!;
}

function keyOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
