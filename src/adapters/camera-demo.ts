import { VestibuleError } from '../domain/errors.js';
import type { Frame, Picture } from '../domain/frame.js';
import type { Camera, CameraIdentity } from '../ports/camera.js';
import type { Imaging } from '../ports/imaging.js';
import { pause, type Ticker } from './deadline.js';
import {
  DEMO_BACKGROUND,
  DEMO_EYES_PX,
  DEMO_FADE,
  DEMO_PEOPLE,
  DEMO_SIZE,
  type DemoPerson,
  demoCut,
  demoPhotograph,
} from './demo-people.js';
import { type DemoPose, demoPose } from './demo-walk.js';

interface Cut {
  readonly who: DemoPerson;
  readonly picture: Picture;
}

/**
 * Recorded pictures of the demo: people walk up, stand before the kiosk, leave, and the hall is empty for a moment. The
 * same pictures in every run.
 */
export class CameraDemo implements Camera {
  readonly identity: CameraIdentity = { kind: 'demo', source: 'demo', recorded: true };
  readonly #clock: Ticker;
  readonly #imaging: Imaging;
  readonly #intervalMs: number;
  #cuts: readonly Cut[] = [];
  #seq = 0;
  #startedAt: number | undefined;
  #nextDue = 0;

  constructor(options: { readonly clock: Ticker; readonly imaging: Imaging; readonly fps: number }) {
    this.#clock = options.clock;
    this.#imaging = options.imaging;
    this.#intervalMs = 1000 / options.fps;
  }

  async start(): Promise<void> {
    if (this.#cuts.length === 0) this.#cuts = await this.#load();
    this.#seq = 0;
    this.#startedAt = this.#clock.mono();
    this.#nextDue = this.#startedAt;
  }

  async read(deadlineMs: number): Promise<Frame> {
    const startedAt = this.#startedAt;
    if (startedAt === undefined) throw new VestibuleError('camera_stalled', 'The demo camera is not running.');
    const now = this.#clock.mono();
    this.#nextDue = Math.max(this.#nextDue, now - this.#intervalMs);
    const wait = this.#nextDue - now;
    if (wait > deadlineMs) {
      await pause(this.#clock, deadlineMs);
      throw new VestibuleError('camera_stalled', `The demo camera gave no picture for ${deadlineMs} ms.`);
    }
    if (wait > 0) await pause(this.#clock, wait);
    this.#nextDue += this.#intervalMs;
    if (this.#startedAt === undefined) throw new VestibuleError('camera_stalled', 'The demo camera is not running.');
    const capturedAt = this.#clock.mono();
    this.#seq += 1;
    const bytes = await this.#draw(demoPose(capturedAt - startedAt, DEMO_PEOPLE));
    return { seq: this.#seq, capturedAt, ...DEMO_SIZE, format: 'bgr', bytes };
  }

  async stop(): Promise<void> {
    this.#startedAt = undefined;
  }

  async #load(): Promise<readonly Cut[]> {
    const photographs = new Map<string, Picture>();
    const cuts: Cut[] = [];
    try {
      for (const who of DEMO_PEOPLE) {
        let photograph = photographs.get(who.file);
        if (photograph === undefined) {
          photograph = await this.#imaging.decode(await demoPhotograph(who.file));
          photographs.set(who.file, photograph);
        }
        cuts.push({ who, picture: cutOut(photograph, demoCut(who)) });
      }
    } catch (cause) {
      throw new VestibuleError('camera_missing', 'The sample photographs of the demo are not installed.', { cause });
    }
    return cuts;
  }

  async #draw(pose: DemoPose | undefined): Promise<Uint8Array> {
    const { width, height } = DEMO_SIZE;
    const bgr = new Uint8Array(width * height * 3).fill(DEMO_BACKGROUND);
    const cut = pose === undefined ? undefined : this.#cuts[pose.person];
    if (pose === undefined || cut === undefined) return bgr;
    const scale = (DEMO_EYES_PX / cut.who.face.eyes) * pose.nearness;
    const source = cut.picture;
    const sprite = await this.#imaging.resize(
      source,
      Math.max(8, Math.round(source.width * scale)),
      Math.max(8, Math.round(source.height * scale)),
    );
    const area = demoCut(cut.who);
    const left = Math.round(width / 2 + pose.right - (cut.who.face.x - area.left) * scale);
    const top = Math.round(height / 2 + pose.down - (cut.who.face.y - area.top) * scale);
    blend(bgr, sprite, left, top, pose.light);
    return bgr;
  }
}

function cutOut(picture: Picture, area: ReturnType<typeof demoCut>): Picture {
  const width = Math.min(area.width, picture.width - area.left);
  const height = Math.min(area.height, picture.height - area.top);
  const bgr = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const from = ((area.top + row) * picture.width + area.left) * 3;
    bgr.set(picture.bgr.subarray(from, from + width * 3), row * width * 3);
  }
  return { width, height, bgr };
}

/** Weight of the cut at a position along one side, 0 at its ends, 1 inside. */
function fadeTable(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => {
    const edge = Math.min(i + 0.5, length - i - 0.5) / length;
    return Math.min(1, edge / DEMO_FADE);
  });
}

/** Lays the sprite over the 640x480 canvas with soft borders. */
function blend(canvas: Uint8Array, sprite: Picture, left: number, top: number, light: number): void {
  const { width, height } = DEMO_SIZE;
  const across = fadeTable(sprite.width);
  const down = fadeTable(sprite.height);
  const firstRow = Math.max(0, -top);
  const lastRow = Math.min(sprite.height, height - top);
  const firstColumn = Math.max(0, -left);
  const lastColumn = Math.min(sprite.width, width - left);
  for (let row = firstRow; row < lastRow; row++) {
    let from = (row * sprite.width + firstColumn) * 3;
    let to = ((top + row) * width + left + firstColumn) * 3;
    for (let column = firstColumn; column < lastColumn; column++) {
      const weight = across[column]! * down[row]!;
      for (let channel = 0; channel < 3; channel++, from++, to++) {
        const value = Math.min(255, sprite.bgr[from]! * light);
        canvas[to] = DEMO_BACKGROUND + (value - DEMO_BACKGROUND) * weight;
      }
    }
  }
}
