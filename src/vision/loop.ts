import { toError } from '../domain/errors.js';
import type { Frame, Picture } from '../domain/frame.js';
import type { Camera } from '../ports/camera.js';
import type { Clock } from '../ports/clock.js';
import type { Imaging, OverlayBox } from '../ports/imaging.js';
import type { MeasureWish } from '../ports/vision.js';
import type { Analysis } from './analysis.js';
import { CameraWatch } from './camera-watch.js';
import { CaptureRecord } from './measure/capture-facts.js';
import type { MeasureOrder } from './measure/measurer.js';
import { MotionGate } from './motion-gate.js';
import { drawable } from './overlay.js';
import { Pacer } from './pacer.js';
import { preprocess } from './preprocess.js';
import type { FromChild, VisionSettings } from './protocol.js';

/** More unanswered previews than this are never on their way. */
const MOST_CREDIT = 4;
/** One still of the raspistill camera may take this long; it is no live source. */
const RASPISTILL_STALL_MS = 10_000;

export interface VisionLoopParts {
  readonly clock: Pick<Clock, 'mono' | 'after'>;
  readonly imaging: Imaging;
  /** Absent where the configuration says `none`. */
  readonly camera: Camera | undefined;
  readonly settings: VisionSettings;
  /** Analyses one picture elsewhere; called again only after it settled. The order says what is measured beyond faces. */
  readonly analyse: (picture: Picture, order?: MeasureOrder) => Promise<Analysis>;
  readonly send: (message: FromChild) => void;
  /** Every picture brought into form, the newest only when forming is slower than the camera. Returns at once. */
  readonly onPicture?: (picture: Picture) => void;
}

/** A measuring under way. */
interface Measuring {
  readonly session: number;
  wish: MeasureWish;
  readonly record: CaptureRecord;
}

interface Taken {
  readonly frame: Frame;
  /** The measuring that counted this frame. */
  readonly measuring: Measuring | undefined;
}

interface Waiting extends Taken {
  readonly picture: Picture;
}

/**
 * The line of the vision process: camera → slot of one → form → preview on credit → motion gate → analysis → result.
 * The newest frame wins at both slots; nothing queues. While something is measured every frame of the camera is counted
 * and the motion gate stands open.
 */
export class VisionLoop {
  readonly #parts: VisionLoopParts;
  readonly #watch: CameraWatch | undefined;
  readonly #gate = new MotionGate();
  readonly #previewPacer: Pacer;
  readonly #analysisPacer: Pacer;
  #slot: Taken | undefined;
  #measuring: Measuring | undefined;
  #forming = false;
  #waiting: Waiting | undefined;
  #analysing = false;
  #credit = 0;
  #overlay: readonly OverlayBox[] = [];
  #stopped = false;
  #idle: () => void = () => undefined;
  #lastComplaint = '';

  constructor(parts: VisionLoopParts) {
    this.#parts = parts;
    const { settings, camera, clock, send } = parts;
    this.#previewPacer = new Pacer(settings.previewFps);
    this.#analysisPacer = new Pacer(settings.maxInferencesPerSecond);
    if (camera === undefined) return;
    const stallMs = camera.identity.kind === 'raspistill' ? RASPISTILL_STALL_MS : settings.stallMs;
    this.#watch = new CameraWatch({
      clock,
      camera,
      stallMs,
      onFrame: (frame) => this.#take(frame),
      onState: (state, identity, detail) =>
        send({ t: 'camera', state, identity, ...(detail === undefined ? {} : { detail }) }),
    });
  }

  start(): void {
    if (this.#watch === undefined) {
      this.#parts.send({ t: 'camera', state: 'none', detail: 'The configuration says that there is no camera.' });
      return;
    }
    this.#watch.start();
  }

  /** Stops the camera and waits for the work at hand. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#watch?.stop();
    if (!this.#forming && !this.#analysing) return;
    await new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
  }

  /** Allows `n` more previews. */
  credit(n: number): void {
    this.#credit = Math.min(MOST_CREDIT, this.#credit + n);
  }

  overlay(boxes: readonly OverlayBox[]): void {
    this.#overlay = drawable(boxes);
  }

  /** Has more measured from the next frame on, or nothing more without a wish. A new session is counted from its first frame. */
  measure(session: number, wish: MeasureWish | undefined): void {
    if (wish === undefined) this.#measuring = undefined;
    else if (this.#measuring?.session === session) this.#measuring.wish = wish;
    else this.#measuring = { session, wish, record: new CaptureRecord(session) };
  }

  /** Frames a second over the last seconds. */
  fps(): number {
    return this.#watch?.fps() ?? 0;
  }

  #take(frame: Frame): void {
    // Told apart from results and previews: with nobody in view and nobody looking there are none.
    this.#parts.send({ t: 'frame', capturedAt: frame.capturedAt });
    const measuring = this.#measuring;
    measuring?.record.saw(frame);
    this.#slot = { frame, measuring };
    if (!this.#forming) void this.#form();
  }

  async #form(): Promise<void> {
    this.#forming = true;
    const { imaging, settings } = this.#parts;
    while (this.#slot !== undefined && !this.#stopped) {
      const { frame, measuring } = this.#slot;
      this.#slot = undefined;
      try {
        const picture = await preprocess(imaging, frame, settings);
        this.#parts.onPicture?.(picture);
        await this.#preview(frame, picture);
        this.#offer({ frame, measuring, picture });
      } catch (thrown) {
        this.#complain(`A frame could not be used: ${toError(thrown).message}`);
      }
    }
    this.#forming = false;
    this.#settled();
  }

  async #preview(frame: Frame, picture: Picture): Promise<void> {
    if (this.#credit === 0 || !this.#previewPacer.take(frame.capturedAt)) return;
    this.#credit -= 1;
    const jpeg = await this.#parts.imaging.encodeJpeg(picture, this.#parts.settings.previewQuality, this.#overlay);
    this.#parts.send({ t: 'preview', seq: frame.seq, jpeg });
  }

  #offer(waiting: Waiting): void {
    const { settings } = this.#parts;
    const gated = settings.motionGate && waiting.measuring === undefined;
    if (gated && !this.#gate.wants(waiting.picture, waiting.frame.capturedAt)) return;
    this.#waiting = waiting;
    if (!this.#analysing) void this.#analyse();
  }

  async #analyse(): Promise<void> {
    const { clock, send } = this.#parts;
    this.#analysing = true;
    while (this.#waiting !== undefined && !this.#stopped && this.#analysisPacer.take(clock.mono())) {
      const { frame, picture, measuring } = this.#waiting;
      this.#waiting = undefined;
      const { seq, capturedAt } = frame;
      const begun = clock.mono();
      try {
        const order = measuring && { session: measuring.session, wish: measuring.wish };
        const { timings, ...seen } = await this.#parts.analyse(picture, order);
        const { faces } = seen;
        if (faces.length > 0) this.#gate.sawFace(capturedAt);
        if (this.#stopped) break;
        const { width, height } = picture;
        const all = { queueMs: begun - capturedAt, ...timings, totalMs: clock.mono() - capturedAt };
        const capture = measuring?.record.facts();
        send({
          t: 'result',
          result: { seq, capturedAt, width, height, ...seen, timings: all, ...(capture && { capture }) },
        });
      } catch (thrown) {
        this.#complain(`A frame could not be analysed: ${toError(thrown).message}`);
      }
    }
    this.#analysing = false;
    this.#settled();
  }

  /** Says a trouble once, not fifteen times a second. */
  #complain(message: string): void {
    if (message === this.#lastComplaint) return;
    this.#lastComplaint = message;
    this.#parts.send({ t: 'log', level: 'warn', message });
  }

  #settled(): void {
    if (!this.#forming && !this.#analysing) this.#idle();
  }
}
