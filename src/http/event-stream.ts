import type { ServerResponse } from 'node:http';
import type { Caller, HttpParts } from './parts.js';
import { Refusal } from './refusal.js';
import { momentFor } from './shown-to.js';

/** Pages that may listen at the same time. */
export const MAX_LISTENERS = 16;
/** A client that leaves this much unread is dropped; its page connects again and gets the present state. */
const MAX_UNREAD_BYTES = 256 * 1024;
/** The page takes three missed beats for a lost kiosk. */
const BEAT_MS = 5000;
/** Delay before the browser connects again by itself. */
const RETRY_MS = 1000;

/**
 * Server-sent events: `moment` and `status`, each with the whole present value, and a `beat`. Ids count up; nothing is
 * replayed because every connection begins with the present values.
 */
export class EventStream {
  readonly #parts: HttpParts;
  /** With where each listens from. */
  readonly #clients = new Map<ServerResponse, Caller['from']>();
  #id = 0;
  #ends: (() => void)[] = [];
  #beat: NodeJS.Timeout | undefined;

  constructor(parts: HttpParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#ends = [
      this.#parts.onMoment((moment) => this.#broadcast('moment', (from) => momentFor(moment, from))),
      this.#parts.onStatus((status) => this.#broadcast('status', () => status)),
    ];
    this.#beat = setInterval(() => this.#broadcast('beat', () => ({})), BEAT_MS);
    this.#beat.unref();
  }

  /** Takes over the response. Throws 503 when too many pages listen. */
  connect(response: ServerResponse, from: Caller['from']): void {
    if (this.#clients.size >= MAX_LISTENERS) {
      throw new Refusal(503, 'too_many_pages', 'Too many pages are open.', 'Close other pages of this kiosk.');
    }
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    response.write(`retry: ${RETRY_MS}\n\n`);
    this.#clients.set(response, from);
    response.on('close', () => this.#clients.delete(response));
    response.on('error', () => this.#clients.delete(response));
    this.#send(response, 'status', this.#parts.status());
    this.#send(response, 'moment', momentFor(this.#parts.moment(), from));
  }

  /** Pages that listen now. */
  get size(): number {
    return this.#clients.size;
  }

  stop(): void {
    for (const end of this.#ends) end();
    this.#ends = [];
    clearInterval(this.#beat);
    for (const client of this.#clients.keys()) client.destroy();
    this.#clients.clear();
  }

  #broadcast(event: 'moment' | 'status' | 'beat', data: (from: Caller['from']) => object): void {
    for (const [client, from] of this.#clients) this.#send(client, event, data(from));
  }

  #send(client: ServerResponse, event: string, data: object): void {
    if (client.writableLength > MAX_UNREAD_BYTES) {
      this.#clients.delete(client);
      client.destroy();
      return;
    }
    // JSON has no raw line breaks, so one data line is enough.
    client.write(`id: ${++this.#id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}
