import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the server answers the next request for a path. */
export type Behaviour = 'whole' | 'no-range' | 'cut' | 'stall' | 'missing' | 'error';

/** A real HTTP server for model files: ranges, and faults that happen on real networks. */
export class FileServer {
  readonly requests: { path: string; range: string | undefined }[] = [];
  readonly files = new Map<string, Uint8Array>();
  private readonly plans = new Map<string, Behaviour[]>();
  private readonly server: Server;
  private readonly open = new Set<ServerResponse>();

  constructor() {
    this.server = createServer((request, response) => {
      const path = request.url ?? '/';
      this.requests.push({ path, range: request.headers.range });
      this.open.add(response);
      const behaviour = this.plans.get(path)?.shift() ?? 'whole';
      const file = this.files.get(path);
      if (behaviour === 'error') return void response.writeHead(503).end();
      if (behaviour === 'missing' || file === undefined) return void response.writeHead(404).end('no such file');
      const match = behaviour === 'no-range' ? null : /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
      const from = match === null ? 0 : Number(match[1]);
      const body = file.subarray(from);
      response.writeHead(match === null ? 200 : 206, {
        'content-length': body.length,
        ...(match === null ? {} : { 'content-range': `bytes ${from}-${file.length - 1}/${file.length}` }),
      });
      if (behaviour === 'whole' || behaviour === 'no-range') return void response.end(body);
      const half = body.subarray(0, Math.floor(body.length / 2));
      response.write(half, () => {
        if (behaviour === 'cut') setTimeout(() => response.destroy(), 20);
      });
    });
  }

  /** Answers to the next requests of a path, in this order; then `whole`. */
  plan(path: string, ...behaviours: Behaviour[]): void {
    this.plans.set(path, behaviours);
  }

  async start(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const response of this.open) response.destroy();
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }
}
