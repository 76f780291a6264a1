import { BODY } from '../../src/domain/liveness/body-points.js';
import type { BodyPose } from '../../src/domain/observation.js';
import type { Noise } from './synthetic-head.js';

export interface Acting {
  /** 0 hanging, 1 raised beside the head. */
  readonly leftHand?: number;
  readonly rightHand?: number;
  /** Shoulder widths; positive: to the person's left. */
  readonly lean?: number;
  /** The body is a picture of itself: everything moves as one sheet of paper, turned by degrees and shifted (metres). */
  readonly sheet?: { readonly yaw?: number; readonly pitch?: number; readonly x?: number; readonly z?: number };
  /** Points that were not seen. */
  readonly unseen?: readonly number[];
}

/** Pixels between the shoulders of a body 1.2 m away. */
const SHOULDER_PX = 150;
const FOCAL_PX = 615;
/** A sheet on which the shoulders are 15 cm apart, 60 cm from the camera. */
const SHEET = { shoulders: 0.15, z: 0.6 };

/** Nobody's body in shoulder widths from the neck; x to the image's right, which is the person's left. */
function drawn({ leftHand = 0, rightHand = 0 }: Acting): Map<number, readonly [number, number]> {
  const arm = (side: 1 | -1, raised: number): readonly (readonly [number, number])[] => {
    const upper = (raised * 115 * Math.PI) / 180 + 0.15;
    const fore = upper + (raised * 60 * Math.PI) / 180;
    const elbow = [side * (0.5 + 0.8 * Math.sin(upper)), 0.8 * Math.cos(upper)] as const;
    return [elbow, [elbow[0] + side * 0.7 * Math.sin(fore), elbow[1] + 0.7 * Math.cos(fore)]];
  };
  const [leftElbow, leftWrist] = arm(1, leftHand);
  const [rightElbow, rightWrist] = arm(-1, rightHand);
  return new Map([
    [BODY.left.shoulder, [0.5, 0]],
    [BODY.right.shoulder, [-0.5, 0]],
    [BODY.left.elbow, leftElbow!],
    [BODY.right.elbow, rightElbow!],
    [BODY.left.wrist, leftWrist!],
    [BODY.right.wrist, rightWrist!],
    [BODY.left.hip, [0.35, 1.5]],
    [BODY.right.hip, [-0.35, 1.5]],
  ]);
}

/** The points of the body as the network would give them. */
export function actingBody(acting: Acting = {}, noise?: Noise): BodyPose {
  const points = new Float32Array(BODY.count * 3);
  for (const [point, [u, v]] of drawn(acting)) {
    let x = SHOULDER_PX * (u + (acting.lean ?? 0));
    let y = SHOULDER_PX * v;
    if (acting.sheet !== undefined) [x, y] = onSheet(u, v, acting.sheet);
    const shake = (): number => (noise === undefined ? 0 : noise.px * noise.gaussian());
    points[3 * point] = 320 + x + shake();
    points[3 * point + 1] = 180 + y + shake();
    points[3 * point + 2] = acting.unseen?.includes(point) === true ? 0.1 : 0.7;
  }
  return { points };
}

function onSheet(u: number, v: number, sheet: NonNullable<Acting['sheet']>): [number, number] {
  const [a, b] = [((sheet.yaw ?? 0) * Math.PI) / 180, ((sheet.pitch ?? 0) * Math.PI) / 180];
  const px = u * SHEET.shoulders;
  const py = (v - 0.7) * SHEET.shoulders;
  const x = px * Math.cos(a);
  const z1 = px * Math.sin(a);
  const y = py * Math.cos(b) - z1 * Math.sin(b);
  const z = py * Math.sin(b) + z1 * Math.cos(b) + (sheet.z ?? SHEET.z);
  return [(FOCAL_PX * (x + (sheet.x ?? 0))) / z, (FOCAL_PX * y) / z];
}
