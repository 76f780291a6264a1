import type { ServerResponse } from 'node:http';
import type { HttpParts } from './parts.js';
import { Refusal } from './refusal.js';

/** Live views that may be open at the same time. */
export const MAX_VIEWERS = 8;
const BOUNDARY = 'frame';

/**
 * The live view as multipart MJPEG. A viewer that has not taken the last picture skips the next one, so a slow network
 * shows fewer pictures, never old ones. Pictures pass through and are not kept.
 */
export class VideoFeed {
  readonly #parts: HttpParts;
  readonly #viewers = new Map<ServerResponse, () => void>();

  constructor(parts: HttpParts) {
    this.#parts = parts;
  }

  /** Takes over the response. Throws 503 when too many views are open. */
  connect(response: ServerResponse): void {
    if (this.#viewers.size >= MAX_VIEWERS) {
      throw new Refusal(503, 'too_many_viewers', 'Too many live views are open.', 'Close other pages of this kiosk.');
    }
    response.writeHead(200, {
      'Content-Type': `multipart/x-mixed-replace; boundary=${BOUNDARY}`,
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    response.flushHeaders();
    const end = this.#parts.preview((jpeg) => this.#send(response, jpeg));
    this.#viewers.set(response, end);
    const leave = () => this.#leave(response);
    response.on('close', leave);
    response.on('error', leave);
  }

  /** Live views that are open now. */
  get size(): number {
    return this.#viewers.size;
  }

  stop(): void {
    for (const viewer of [...this.#viewers.keys()]) {
      this.#leave(viewer);
      viewer.destroy();
    }
  }

  #leave(viewer: ServerResponse): void {
    this.#viewers.get(viewer)?.();
    this.#viewers.delete(viewer);
  }

  #send(viewer: ServerResponse, jpeg: Uint8Array): void {
    if (viewer.writableNeedDrain || viewer.destroyed) return;
    viewer.cork();
    // The boundary follows the picture at once: a browser shows a part when it sees the next boundary.
    viewer.write(`--${BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`);
    viewer.write(jpeg);
    viewer.write('\r\n');
    viewer.uncork();
  }
}
