import type { ChallengeAction } from '../../src/domain/liveness/action.js';
import { MESH } from '../../src/domain/liveness/mesh-points.js';
import type {
  BodyPose,
  CaptureFacts,
  ColourSample,
  FaceMesh,
  FaceObservation,
  Point,
  VisionResult,
} from '../../src/domain/observation.js';
import { aVector } from '../fakes/faces.js';
import { gaussian, seeded } from './seeded.js';
import { type HeadPose, headMesh } from './synthetic-head.js';

const FOCAL_PX = 615;
const WIDTH = 640;
const HEIGHT = 480;
/** Metres from the camera, between the shoulders, and from the middle of the head down to them. */
const DISTANCE = 0.7;
const SHOULDERS = 0.36;
const NECK = 0.16;

/** How somebody holds himself at one moment: each action from 0 (at rest) to 1 (fully done). */
export type Posture = Readonly<Partial<Record<ChallengeAction, number>>>;

/** What is measured of a person at one moment, as every network together would. */
export interface Appearance {
  /** Person 0–15 whose embedding it has. */
  readonly who: number;
  /** P(live) of the passive networks. */
  readonly live: number;
  /** The head is a sheet of paper. */
  readonly flat?: boolean;
  /** Metres to the image's right, and nearer. */
  readonly shift?: number;
  readonly distance?: number;
}

/** How somebody looks at rest: most frames show that, and drawing a head takes time. By appearance. */
const atRest = new Map<string, ReturnType<BodyDouble['face']>[]>();
const RESTING_FRAMES = 24;

/** Makes results of an invented person: nobody's head before a pinhole camera, with noise. */
export class BodyDouble {
  readonly #random: () => number;
  readonly #gaussian: () => number;
  #which = 0;

  constructor(seed: number) {
    this.#random = seeded(seed);
    this.#gaussian = gaussian(this.#random);
  }

  /** Everything that could be measured of one frame; the person sways a little. */
  face(posture: Posture, appearance: Appearance): { readonly face: FaceObservation; readonly body: BodyPose } {
    if (Object.values(posture).some((amount) => amount !== 0)) return this.#drawn(posture, appearance);
    const key = JSON.stringify(appearance);
    const resting = atRest.get(key) ?? [];
    // Somebody who walks looks different in every frame.
    if (atRest.size < 50) atRest.set(key, resting);
    if (resting.length < RESTING_FRAMES) resting.push(this.#drawn(posture, appearance));
    return resting.length < RESTING_FRAMES ? resting.at(-1)! : resting[Math.floor(this.#random() * resting.length)]!;
  }

  #drawn(posture: Posture, appearance: Appearance): { readonly face: FaceObservation; readonly body: BodyPose } {
    const sway = this.#gaussian;
    const part = (action: ChallengeAction): number => posture[action] ?? 0;
    const lean = (part('lean_left') - part('lean_right')) * 0.55 * SHOULDERS + (appearance.shift ?? 0);
    const z = appearance.distance ?? DISTANCE;
    const pose: HeadPose = {
      yaw: 26 * (part('turn_left') - part('turn_right')) + 0.4 * sway(),
      pitch: 22 * (part('look_down') - part('look_up')) + 0.4 * sway(),
      x: lean + 0.001 * sway(),
      y: 0.001 * sway(),
      z,
      eyes: 1 - part('blink'),
      mouth: part('open_mouth'),
      ...(appearance.flat === true && { flat: 'network' }),
    };
    const mesh = headMesh(pose, { px: 0.3, gaussian: this.#gaussian });
    const embedding = aVector(appearance.who, 1 + (this.#which++ % 16));
    const live = Math.min(1, Math.max(0, appearance.live + 0.01 * sway()));
    return {
      face: { ...faceOf(mesh), mesh, embedding, passive: { live, v2: live, v1se: live, box: 'mesh' } },
      body: this.#body(lean, z, part('raise_left_hand'), part('raise_right_hand')),
    };
  }

  #body(x: number, z: number, left: number, right: number): BodyPose {
    const points = new Float32Array(17 * 3);
    const scale = FOCAL_PX / z;
    const put = (index: number, px: number, py: number): void => {
      points.set(
        [WIDTH / 2 + scale * px + this.#gaussian(), HEIGHT / 2 + scale * py + this.#gaussian(), 0.8],
        3 * index,
      );
    };
    for (const [side, shoulder, elbow, wrist, up] of [
      [1, 5, 7, 9, left],
      [-1, 6, 8, 10, right],
    ] as const) {
      const sx = x + (side * SHOULDERS) / 2;
      put(shoulder, sx, NECK);
      // The upper arm goes out, the forearm folds up.
      const arm = up * 1.2;
      put(elbow, sx + side * 0.28 * Math.sin(arm + 0.1), NECK + 0.28 * Math.cos(arm + 0.1));
      const fore = arm + up * 1.7;
      put(
        wrist,
        sx + side * (0.28 * Math.sin(arm + 0.1) + 0.05 * Math.sin(fore)),
        NECK + 0.28 * Math.cos(arm + 0.1) + 0.25 * Math.cos(fore),
      );
    }
    return { points };
  }
}

/** The face as the detector would give it. */
function faceOf({ points: p }: FaceMesh): FaceObservation {
  const at = (...indices: readonly number[]): Point => ({
    x: indices.reduce((sum, i) => sum + p[3 * i]!, 0) / indices.length,
    y: indices.reduce((sum, i) => sum + p[3 * i + 1]!, 0) / indices.length,
  });
  const left = at(MESH.eyeImageLeft.outer, MESH.eyeImageLeft.inner);
  const right = at(MESH.eyeImageRight.outer, MESH.eyeImageRight.inner);
  const nose = at(MESH.noseTip);
  const xs = [p[3 * MESH.imageLeftSide]!, p[3 * MESH.imageRightSide]!];
  const ys = [p[3 * MESH.forehead + 1]!, p[3 * MESH.chin + 1]!];
  const box = { x: Math.min(...xs), y: ys[0]!, width: Math.abs(xs[1]! - xs[0]!), height: ys[1]! - ys[0]! };
  const eyeDistancePx = Math.hypot(right.x - left.x, right.y - left.y);
  return {
    box,
    points: [left, right, nose, at(MESH.mouth.left), at(MESH.mouth.right)],
    score: 0.95,
    quality: {
      eyeDistancePx,
      faceHeightRatio: box.height / HEIGHT,
      brightness: 120,
      sharpness: 120,
      yaw: (nose.x - (left.x + right.x) / 2) / eyeDistancePx,
      pitch: 0,
      rollDegrees: 0,
      truncated: false,
    },
  };
}

/** A frame of the camera before it is measured: who stands there and how. */
export interface Moment {
  readonly people: readonly { readonly posture: Posture; readonly appearance: Appearance }[];
  /** Where the facts of the capture are not those of a whole camera. */
  readonly capture?: Partial<CaptureFacts>;
  readonly colour?: ColourSample;
}

/** The measuring of the vision process: whole frames and light ones take turns, and only what is wished is measured. */
export class SimulatedCamera {
  readonly #double: BodyDouble;
  readonly #session: number;
  readonly #intervalMs: number;
  #seq = 0;

  constructor(options: { readonly seed: number; readonly session: number; readonly intervalMs: number }) {
    this.#double = new BodyDouble(options.seed);
    this.#session = options.session;
    this.#intervalMs = options.intervalMs;
  }

  result(
    at: number,
    moment: Moment,
    wish: { readonly passive: boolean; readonly mesh: boolean; readonly body: boolean; readonly colour?: boolean },
  ): VisionResult {
    const seq = ++this.#seq;
    const whole = seq % 2 === 1;
    const seen = moment.people.map(({ posture, appearance }) => this.#double.face(posture, appearance));
    const alone = seen.length === 1;
    const faces = seen.map(({ face: { mesh, embedding, passive, ...face } }) => ({
      ...face,
      ...(alone && wish.mesh && mesh && { mesh }),
      ...(alone && whole && embedding && { embedding }),
      ...(alone &&
        whole &&
        wish.passive &&
        passive && { passive: { ...passive, box: wish.mesh ? 'mesh' : 'detector' } as const }),
    }));
    const body = alone && !whole && wish.body ? seen[0]!.body : undefined;
    return {
      seq,
      capturedAt: at,
      width: WIDTH,
      height: HEIGHT,
      faces,
      scene: { brightness: 120, contrast: 40 },
      timings: { queueMs: 0, detectMs: 0, embedMs: 0, totalMs: 0 },
      ...(body && { body }),
      ...(alone && wish.colour === true && moment.colour && { colour: moment.colour }),
      capture: {
        session: this.#session,
        frames: 2 * seq,
        longestRepeat: 1,
        looped: 0,
        longestGapMs: this.#intervalMs,
        clockWentBack: false,
        ...moment.capture,
      },
    };
  }
}
