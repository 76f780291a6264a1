import type { FaultCode } from '../domain/errors.js';
import { VestibuleError } from '../domain/errors.js';
import type { Clock } from '../ports/clock.js';
import type { StillAnalysis } from '../ports/vision.js';
import type { ToChild } from './protocol.js';

/** A photograph is answered within this time (decoding 8 megapixels and several faces on a slow machine included). */
const STILL_MS = 15_000;
/** A photograph that comes before the process is ready waits this long for it. */
const READY_MS = 30_000;

interface PendingStill {
  readonly resolve: (analysis: StillAnalysis) => void;
  readonly reject: (error: Error) => void;
  readonly cancel: () => void;
  readonly bytes: Uint8Array;
  /** To the process, when it is ready. */
  sent: boolean;
}

/** Photographs that wait for their analysis. Each is answered once: by the process, by time, or by its end. */
export class PendingStills {
  readonly #clock: Pick<Clock, 'after'>;
  readonly #send: (message: ToChild) => void;
  readonly #pending = new Map<number, PendingStill>();
  #nextId = 1;

  constructor(parts: { readonly clock: Pick<Clock, 'after'>; readonly send: (message: ToChild) => void }) {
    this.#clock = parts.clock;
    this.#send = parts.send;
  }

  /**
   * Has one photograph analysed.
   * @param ready the process listens; else the photograph waits until `sendAll`
   */
  ask(bytes: Uint8Array, ready: boolean): Promise<StillAnalysis> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const waitMs = ready ? STILL_MS : READY_MS;
      const cancel = this.#clock.after(waitMs, () => {
        this.#pending.delete(id);
        reject(new VestibuleError('vision_timeout', `The picture was not analysed within ${waitMs / 1000} s.`));
      });
      const still: PendingStill = { resolve, reject, cancel, bytes, sent: false };
      this.#pending.set(id, still);
      if (ready) this.#tell(id, still);
    });
  }

  /** The process is ready. */
  sendAll(): void {
    for (const [id, still] of this.#pending) this.#tell(id, still);
  }

  answered(id: number, analysis: StillAnalysis): void {
    this.#take(id)?.resolve(analysis);
  }

  refused(id: number, code: FaultCode, message: string): void {
    this.#take(id)?.reject(new VestibuleError(code, message));
  }

  /** Nobody will answer any more. */
  rejectAll(reason: string): void {
    for (const id of [...this.#pending.keys()]) this.refused(id, 'vision_unavailable', reason);
  }

  #tell(id: number, still: PendingStill): void {
    if (still.sent) return;
    still.sent = true;
    this.#send({ t: 'still', id, bytes: still.bytes });
  }

  #take(id: number): PendingStill | undefined {
    const still = this.#pending.get(id);
    this.#pending.delete(id);
    still?.cancel();
    return still;
  }
}
