import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP link to a broker that can be cut, be half-open or be closed for new connections. */
export class Link {
  readonly #target: () => number;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #server: Server | undefined;
  #port = 0;
  /** While false new connections are refused. */
  open = true;
  /** Bytes that came from the client side. */
  sent = Buffer.alloc(0);

  /** @param target port of the broker on the loopback address, asked for every connection */
  constructor(target: () => number) {
    this.#target = target;
  }

  get port(): number {
    return this.#port;
  }

  async start(): Promise<void> {
    const server = createServer((near) => {
      if (!this.open) return void near.destroy();
      const far = connect(this.#target(), '127.0.0.1');
      const pair = [near, far] as const;
      this.#pairs.add(pair);
      near.on('data', (chunk: Buffer) => {
        this.sent = Buffer.concat([this.sent, chunk]);
      });
      near.pipe(far).pipe(near);
      for (const socket of pair) {
        socket.on('error', () => {});
        socket.once('close', () => {
          near.destroy();
          far.destroy();
          this.#pairs.delete(pair);
        });
      }
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    this.#port = typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Breaks all connections without a word. */
  cut(): void {
    for (const pair of this.#pairs) for (const socket of pair) socket.resetAndDestroy();
  }

  /** From now on nothing passes any more, but no connection ends. */
  freeze(): void {
    for (const [near, far] of this.#pairs) {
      near.unpipe();
      far.unpipe();
      near.pause();
      far.pause();
    }
  }

  async close(): Promise<void> {
    const server = this.#server;
    for (const pair of this.#pairs) for (const socket of pair) socket.destroy();
    await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve())));
  }
}
