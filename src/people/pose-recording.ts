import type { LivenessReason } from '../domain/liveness/gate.js';
import { isUpperBodySeen } from '../domain/liveness/pose-vector.js';
import type { LivenessHint, PoseTake } from '../domain/liveness/run-order.js';
import type { VisionResult } from '../domain/observation.js';
import type { Measuring, VisionStatus } from '../ports/vision.js';

/** A second face of at least this part of the largest one's height stands there too; as everywhere in liveness. */
const SECOND_FACE_RATIO = 0.5;
/** A second face in so many frames in a row is somebody, in one it may be a mistake of the detector. */
const SEVERAL_IN_A_ROW = 3;

/** Gathers the body of one person before the camera while a take is under way. */
export class PoseRecording {
  readonly #measuring: Measuring;
  /** Number of the measuring at its beginning; another one means that the vision process began anew. */
  readonly #session: number;
  readonly #from: number;
  readonly #to: number;
  #frames: { readonly at: number; readonly points: Float32Array }[] = [];
  #severalInARow = 0;
  #several = false;
  #analysed = 0;
  #broken: LivenessReason | undefined;
  #over = false;
  #hint: LivenessHint | undefined;

  /** @param span frames captured in it count; monotonic ms */
  constructor(measuring: Measuring, span: { readonly startsAt: number; readonly endsAt: number }) {
    this.#measuring = measuring;
    this.#session = measuring.session;
    this.#from = span.startsAt;
    this.#to = span.endsAt;
  }

  /** Why the take cannot go on. */
  get broken(): LivenessReason | undefined {
    return this.#broken;
  }

  /** A frame from after the take has come: none of it is missing. */
  get over(): boolean {
    return this.#over;
  }

  /** What helps the person now. */
  get hint(): LivenessHint | undefined {
    return this.#hint;
  }

  /** Several people were before the camera. */
  get several(): boolean {
    return this.#several;
  }

  /** Frames of the take in which a body was looked for, seen or not. */
  get analysed(): number {
    return this.#analysed;
  }

  /** Frames with one face and the upper body. */
  get take(): PoseTake {
    return { frames: this.#frames };
  }

  see(result: VisionResult): void {
    if (this.#broken !== undefined) return;
    const session = result.capture?.session;
    if (this.#measuring.session !== this.#session) this.#broken = 'camera_lost';
    // Somebody else has the camera measure now: the newest wins.
    else if (session !== undefined && session > this.#session) this.#broken = 'not_measured';
    if (this.#broken !== undefined || session !== this.#session) return;
    const { faces, body, capturedAt: at } = result;
    const [first, second] = faces;
    const alone = second === undefined || second.box.height < SECOND_FACE_RATIO * first!.box.height;
    this.#severalInARow = alone ? 0 : this.#severalInARow + 1;
    const seen = body !== undefined && isUpperBodySeen(body.points);
    if (first === undefined) this.#hint = 'no_face';
    else if (!alone) this.#hint = 'one_person';
    else if (body !== undefined) this.#hint = seen ? undefined : 'show_shoulders';
    this.#over = at >= this.#to;
    if (at < this.#from || this.#over) return;
    if (this.#severalInARow >= SEVERAL_IN_A_ROW) this.#several = true;
    // Bodies are not looked for in every frame.
    if (body === undefined) return;
    this.#analysed += 1;
    if (seen && first !== undefined && alone) this.#frames.push({ at, points: body.points });
  }

  checkCamera({ camera }: Pick<VisionStatus, 'camera'>): void {
    if (camera !== 'running') this.#broken ??= 'camera_lost';
  }
}
