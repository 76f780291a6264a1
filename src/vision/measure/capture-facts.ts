import type { Frame } from '../../domain/frame.js';
import type { CaptureFacts } from '../../domain/observation.js';

/** Different pictures that are remembered: two minutes at 30 frames a second; a measuring takes at most one. */
const REMEMBERED = 4096;

/** Counts what the frames of the camera were like since a measuring began (docs/liveness.md). Every frame is shown to it. */
export class CaptureRecord {
  readonly #session: number;
  /** Number of the run of equal frames in which a picture was seen last, by its hash; oldest first. */
  readonly #runOf = new Map<number, number>();
  #run = 0;
  #inRun = 0;
  /** The newest run that began with a picture seen before. */
  #loopedRun = 0;
  #hash: number | undefined;
  #at: number | undefined;
  #frames = 0;
  #longestRepeat = 0;
  #looped = 0;
  #longestGapMs = 0;
  #clockWentBack = false;

  /** @param session number of the measuring */
  constructor(session: number) {
    this.#session = session;
  }

  /** The next frame as the camera gave it, before anything was done to it. */
  saw({ bytes, capturedAt }: Pick<Frame, 'bytes' | 'capturedAt'>): void {
    this.#frames += 1;
    if (this.#at !== undefined) {
      this.#longestGapMs = Math.max(this.#longestGapMs, capturedAt - this.#at);
      if (!(capturedAt >= this.#at)) this.#clockWentBack = true;
    }
    this.#at = capturedAt;
    const hash = hashOf(bytes);
    if (hash !== this.#hash) {
      this.#run += 1;
      this.#inRun = 0;
    }
    this.#hash = hash;
    this.#inRun += 1;
    this.#longestRepeat = Math.max(this.#longestRepeat, this.#inRun);
    const seenIn = this.#runOf.get(hash);
    // A frame equal to those right before it is a repeat; equal to one with others in between it is a loop. Every frame
    // of a run that was looped counts.
    if (seenIn !== undefined && seenIn !== this.#run) this.#loopedRun = this.#run;
    if (this.#loopedRun === this.#run) this.#looped += 1;
    this.#runOf.delete(hash);
    this.#runOf.set(hash, this.#run);
    if (this.#runOf.size > REMEMBERED) this.#runOf.delete(this.#runOf.keys().next().value!);
  }

  /** What was counted so far; undefined before the first frame. */
  facts(): CaptureFacts | undefined {
    if (this.#frames === 0) return undefined;
    return {
      session: this.#session,
      frames: this.#frames,
      longestRepeat: this.#longestRepeat,
      looped: this.#looped,
      longestGapMs: this.#longestGapMs,
      clockWentBack: this.#clockWentBack,
    };
  }
}

/**
 * A 52-bit hash of all bytes: two lanes in the manner of MurmurHash3, which mix whole words by multiplication and
 * rotation, so that a change of one word always changes the result. Not cryptographic: whoever can alter a pixel needs no
 * collision. That any two of 4,096 different pictures meet by chance has a probability of 2 · 10⁻⁹.
 */
export function hashOf(bytes: Uint8Array): number {
  const whole = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const words = new Uint32Array(whole.buffer, whole.byteOffset, whole.byteLength >>> 2);
  let a = bytes.length | 0;
  let b = 0x3c6ef372;
  const pairs = words.length & ~1;
  for (let i = 0; i < pairs; i += 2) {
    a = mixA(a, words[i]!);
    b = mixB(b, words[i + 1]!);
  }
  if (pairs < words.length) a = mixA(a, words[pairs]!);
  for (let i = words.length * 4; i < whole.length; i++) b = mixB(b, whole[i]!);
  return (finish(a ^ b) >>> 0) * 2 ** 20 + (finish(b) >>> 12);
}

function mixA(state: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const mixed = state ^ k;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

function mixB(state: number, word: number): number {
  let k = Math.imul(word, 0x239b961b);
  k = Math.imul((k << 16) | (k >>> 16), 0xab0e9789);
  const mixed = state ^ k;
  return (Math.imul((mixed << 15) | (mixed >>> 17), 5) + 0x561ccd1b) | 0;
}

/** Spreads every bit of a lane over all of it. */
function finish(state: number): number {
  let h = state;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
