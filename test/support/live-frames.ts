import type { FaceObservation, VisionResult } from '../../src/domain/observation.js';
import { aFace } from '../fakes/faces.js';
import type { FakeClock } from '../fakes/fake-clock.js';
import type { FakeVision } from '../fakes/fake-vision.js';

/** Networks of the fake vision process. */
export const NETWORKS = {
  passive: `sha256:${'1a'.repeat(32)}`,
  mesh: `sha256:${'2b'.repeat(32)}`,
  body: `sha256:${'3c'.repeat(32)}`,
} as const;
/** A camera that counts. */
export const LENS = { kind: 'usb', demo: false } as const;

/** A face near enough for the gates, scored by the passive networks. */
export function scoredFace(who: number, live = 0.93): FaceObservation {
  return { ...aFace({ who, height: 260 }), passive: { live, v2: live, v1se: live, box: 'detector' } };
}

/** Lets a camera of 15 frames a second go on: capture facts are those of a camera without fault, while it is measured. */
export class LiveCamera {
  readonly #vision: FakeVision;
  readonly #clock: FakeClock;
  #frames = 0;

  constructor({ vision, clock }: { vision: FakeVision; clock: FakeClock }) {
    this.#vision = vision;
    this.#clock = clock;
  }

  /** One more frame, 66 ms later. */
  show(faces: readonly FaceObservation[], more: Partial<VisionResult> = {}): void {
    this.#clock.advance(66);
    const session = this.#vision.measured?.session;
    const seen = session === undefined ? faces.map(({ passive: _none, ...face }) => face) : faces;
    this.#frames++;
    const facts = { frames: this.#frames, longestRepeat: 1, looped: 0, longestGapMs: 67, clockWentBack: false };
    const capture = session === undefined ? {} : { capture: { session, ...facts } };
    this.#vision.emit(this.#clock.mono(), seen, { ...capture, ...more });
  }

  /** Frames until `over` says so, at most `most`. @returns frames shown */
  async until(faces: readonly FaceObservation[], over: () => boolean, most = 400): Promise<number> {
    for (let frame = 1; frame <= most; frame++) {
      this.show(faces);
      for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
      if (over()) return frame;
    }
    return most;
  }
}
