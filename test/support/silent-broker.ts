import { createServer, type Server, type Socket } from 'node:net';

const CONNECT = 1;
const PUBLISH = 3;
const PING = 12;

/** A broker of MQTT 3.1.1 that accepts connections, answers pings and, while `silent`, acknowledges no publish. */
export class SilentBroker {
  readonly #sockets = new Set<Socket>();
  readonly #server: Server = createServer((socket) => this.#serve(socket));
  silent = true;
  pings = 0;
  connections = 0;
  port = 0;

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => this.#sockets.delete(socket));
    let waiting = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      waiting = Buffer.concat([waiting, chunk]);
      // All packets of these tests are shorter than 128 bytes: their length is one byte.
      while (waiting.length >= 2 && waiting.length >= 2 + waiting[1]!) {
        const packet = waiting.subarray(0, 2 + waiting[1]!);
        waiting = waiting.subarray(packet.length);
        const answer = this.#answer(packet);
        if (answer !== undefined) socket.write(Buffer.from(answer));
      }
    });
  }

  #answer(packet: Buffer): readonly number[] | undefined {
    const kind = packet[0]! >> 4;
    if (kind === CONNECT) {
      this.connections += 1;
      return [0x20, 2, 0, 0];
    }
    if (kind === PING) {
      this.pings += 1;
      return [0xd0, 0];
    }
    const qos = (packet[0]! >> 1) & 3;
    if (kind !== PUBLISH || qos === 0 || this.silent) return undefined;
    const at = 4 + packet.readUInt16BE(2);
    return [0x40, 2, packet[at]!, packet[at + 1]!];
  }
}
