import type { MeasuredFrame } from '../../src/domain/liveness/measured-frame.js';
import { MESH } from '../../src/domain/liveness/mesh-points.js';
import type { FaceMesh } from '../../src/domain/observation.js';

/** Nobody's head: half an ellipsoid with a nose, by formula. Metres; x to the image's right, y down, z away. */
const HALF_WIDTH = 0.075;
const HALF_HEIGHT = 0.11;
const DEPTH = 0.063;
const NOSE = { y: 0.02, height: 0.018, halfWidth: 0.013, halfHeight: 0.024 };
const EYES = { y: -0.03, outer: 0.045, inner: 0.017, opening: 0.0085 };
const MOUTH = { y: 0.055, halfWidth: 0.022, lip: 0.008, opening: 0.0008, wide: 0.03 };

export interface HeadPose {
  /** Degrees; positive: to the person's left. */
  readonly yaw?: number;
  /** Degrees; positive: down. */
  readonly pitch?: number;
  readonly roll?: number;
  /** Metres. */
  readonly x?: number;
  readonly y?: number;
  readonly z?: number;
  /** 0 closed, 1 as at rest. */
  readonly eyes?: number;
  /** 0 closed, 1 wide open. */
  readonly mouth?: number;
  /**
   * The same points on a sheet of paper. `network`: depth is what the network sees in the pictured face, as measured on
   * photographs; `true`: depth is that of the paper.
   */
  readonly flat?: 'network' | 'true';
}

/** Noise of the points. */
export interface Noise {
  readonly px: number;
  readonly gaussian: () => number;
}

const FOCAL_PX = 615;
const WIDTH = 640;
const HEIGHT = 480;

function surface(x: number, y: number): number {
  const inside = 1 - (x / HALF_WIDTH) ** 2 - (y / HALF_HEIGHT) ** 2;
  const nose = NOSE.height * Math.exp(-((x / NOSE.halfWidth) ** 2) - ((y - NOSE.y) / NOSE.halfHeight) ** 2);
  return -DEPTH * Math.sqrt(Math.max(0, inside)) - nose;
}

/** x and y of the 468 points of the head looking straight; eyes and mouth as told. */
type FaceMap = readonly (readonly [number, number])[];
const maps = new Map<string, FaceMap>();

function faceMap(eyes: number, mouth: number): FaceMap {
  const key = `${eyes} ${mouth}`;
  let map = maps.get(key);
  if (map === undefined) {
    map = drawFaceMap(eyes, mouth);
    maps.set(key, map);
  }
  return map;
}

function drawFaceMap(eyes: number, mouth: number): FaceMap {
  const named = new Map<number, readonly [number, number]>([
    [MESH.noseTip, [0, NOSE.y]],
    [MESH.forehead, [0, -0.095]],
    [MESH.chin, [0, 0.1]],
    [MESH.imageLeftSide, [-0.073, 0]],
    [MESH.imageRightSide, [0.073, 0]],
  ]);
  for (const [eye, sign] of [
    [MESH.eyeImageLeft, -1],
    [MESH.eyeImageRight, 1],
  ] as const) {
    named.set(eye.outer, [sign * EYES.outer, EYES.y]);
    named.set(eye.inner, [sign * EYES.inner, EYES.y]);
    eye.lids.forEach(([upper, lower], i) => {
      const x = sign * (EYES.outer + ((EYES.inner - EYES.outer) * (i + 1)) / 4);
      named.set(upper, [x, EYES.y - (eyes * EYES.opening) / 2]);
      named.set(lower, [x, EYES.y + (eyes * EYES.opening) / 2]);
    });
  }
  const gap = MOUTH.opening + mouth * (MOUTH.wide - MOUTH.opening);
  named.set(MESH.mouth.upper, [0, MOUTH.y - gap / 3]);
  named.set(MESH.mouth.lower, [0, MOUTH.y + (2 * gap) / 3]);
  named.set(MESH.mouth.left, [-MOUTH.halfWidth, MOUTH.y]);
  named.set(MESH.mouth.right, [MOUTH.halfWidth, MOUTH.y]);
  // The others lie evenly over the front by the golden angle.
  return Array.from({ length: MESH.count }, (_, i) => {
    const known = named.get(i);
    if (known !== undefined) return known;
    const radius = 0.97 * Math.sqrt((i + 0.5) / MESH.count);
    const angle = i * 2.399963;
    return [HALF_WIDTH * radius * Math.cos(angle), HALF_HEIGHT * radius * Math.sin(angle)];
  });
}

/** The mesh that a camera 50 cm away sees. */
export function headMesh(pose: HeadPose = {}, noise?: Noise): FaceMesh {
  const { yaw = 0, pitch = 0, roll = 0, x = 0, y = 0, z = 0.5, eyes = 1, mouth = 0, flat } = pose;
  const [a, b, c] = [yaw, pitch, roll].map((degrees) => (degrees * Math.PI) / 180) as [number, number, number];
  const [cosA, sinA, cosB, sinB] = [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b)];
  const [cosC, sinC] = [Math.cos(c), Math.sin(c)];
  const map = faceMap(eyes, mouth);
  const points = new Float32Array(3 * MESH.count);
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  map.forEach(([u, v], i) => {
    const relief = surface(u, v);
    const w = flat === undefined ? relief : 0;
    const x1 = u * cosA - w * sinA;
    const z1 = u * sinA + w * cosA;
    const y2 = v * cosB - z1 * sinB;
    const z2 = v * sinB + z1 * cosB;
    const x3 = x1 * cosC - y2 * sinC;
    const y3 = x1 * sinC + y2 * cosC;
    const shake = (): number => (noise === undefined ? 0 : noise.px * noise.gaussian());
    const px = WIDTH / 2 + (FOCAL_PX * (x3 + x)) / (z2 + z) + shake();
    const py = HEIGHT / 2 + (FOCAL_PX * (y3 + y)) / (z2 + z) + shake();
    points[3 * i] = px;
    points[3 * i + 1] = py;
    points[3 * i + 2] = flat === 'network' ? relief : z2;
    left = Math.min(left, px);
    right = Math.max(right, px);
    top = Math.min(top, py);
    bottom = Math.max(bottom, py);
  });
  const sidePx = 1.5 * Math.max(right - left, bottom - top);
  const perMetre = ((FOCAL_PX / z) * 192) / sidePx;
  for (let i = 2; i < points.length; i += 3)
    points[i] = points[i]! * perMetre + (noise === undefined ? 0 : noise.px * noise.gaussian());
  return { points, sidePx, score: 0.99 };
}

/** The same as a measured frame. */
export function headFrame(at: number, pose: HeadPose = {}, noise?: Noise): MeasuredFrame {
  const mesh = headMesh(pose, noise);
  return {
    at,
    width: WIDTH,
    height: HEIGHT,
    faces: 1,
    face: { track: 1, eyeDistancePx: 100, yaw: 0, mesh },
  };
}
