import type { Picture } from '../../src/domain/frame.js';
import { seeded } from './seeded.js';

/** How a photograph is held before a pinhole camera: angles in degrees, place in metres. */
export interface Held {
  readonly yaw: number;
  readonly pitch: number;
  readonly roll: number;
  readonly x: number;
  readonly y: number;
  /** Distance. */
  readonly z: number;
  /** Radius in metres of the upright cylinder that the paper is bent around, its middle towards the camera; flat where absent. */
  readonly bend?: number;
}

const WIDTH = 640;
const HEIGHT = 480;
/** Focal length of the camera in pixels: 55 degrees across. */
const FOCAL_PX = 615;

/**
 * What the camera sees of a flat photograph: 640×480, grey around it, with the noise of a sensor.
 * @param centre pixel of the photograph that lies at (x, y, z)
 * @param metresPerPixel how large it is printed
 */
export function heldPhotograph(
  photo: Picture,
  centre: { readonly x: number; readonly y: number },
  metresPerPixel: number,
  held: Held,
  seed: number,
): Picture {
  const [a, b, c] = [held.yaw, held.pitch, held.roll].map((angle) => (angle * Math.PI) / 180) as [
    number,
    number,
    number,
  ];
  const [ca, sa, cb, sb, cc, sc] = [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b), Math.cos(c), Math.sin(c)];
  // First two columns of roll · yaw · pitch: where the photograph's axes point.
  const right = [cc * ca, sc * ca, -sa];
  const down = [cc * sa * sb - sc * cb, sc * sa * sb + cc * cb, ca * sb];
  // For each pixel of the camera: (u, v) of the plane where its ray meets it, by solving u·right + v·down + t = λ·ray.
  const m = inverse3([
    [FOCAL_PX * right[0]!, FOCAL_PX * down[0]!, FOCAL_PX * held.x],
    [FOCAL_PX * right[1]!, FOCAL_PX * down[1]!, FOCAL_PX * held.y],
    [right[2]!, down[2]!, held.z],
  ]);
  // The camera as the paper sees it: right, down, away.
  const away = [
    right[1]! * down[2]! - right[2]! * down[1]!,
    right[2]! * down[0]! - right[0]! * down[2]!,
    right[0]! * down[1]! - right[1]! * down[0]!,
  ];
  const eye = [right, down, away].map((axis) => -(axis[0]! * held.x + axis[1]! * held.y + axis[2]! * held.z)) as [
    number,
    number,
    number,
  ];
  const random = seeded(seed);
  const bgr = new Uint8Array(WIDTH * HEIGHT * 3);
  for (let y = 0, p = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++, p += 3) {
      const px = x - WIDTH / 2;
      const py = y - HEIGHT / 2;
      const w = m[2]![0]! * px + m[2]![1]! * py + m[2]![2]!;
      let across = (m[0]![0]! * px + m[0]![1]! * py + m[0]![2]!) / w;
      let along = (m[1]![0]! * px + m[1]![1]! * py + m[1]![2]!) / w;
      if (held.bend !== undefined) [across, along] = onCylinder(across, along, eye, held.bend);
      const u = across / metresPerPixel + centre.x;
      const v = along / metresPerPixel + centre.y;
      const noise = (random() + random() + random() - 1.5) * 6;
      const x0 = Math.floor(u);
      const y0 = Math.floor(v);
      const inside = w > 0 && x0 >= 0 && y0 >= 0 && x0 < photo.width - 1 && y0 < photo.height - 1;
      const q = (y0 * photo.width + x0) * 3;
      const r = q + photo.width * 3;
      const fx = u - x0;
      const fy = v - y0;
      for (let k = 0; k < 3; k++) {
        const value = inside
          ? (photo.bgr[q + k]! * (1 - fx) + photo.bgr[q + 3 + k]! * fx) * (1 - fy) +
            (photo.bgr[r + k]! * (1 - fx) + photo.bgr[r + 3 + k]! * fx) * fy
          : 96;
        bgr[p + k] = Math.max(0, Math.min(255, value + noise));
      }
    }
  }
  return { width: WIDTH, height: HEIGHT, bgr };
}

/** Where the ray from the eye through a point of the flat sheet meets the bent one; not a number where it misses. */
function onCylinder(x: number, y: number, eye: readonly [number, number, number], radius: number): [number, number] {
  const [dx, dy, dz] = [x - eye[0], y - eye[1], -eye[2]];
  const ez = eye[2] - radius;
  const a = dx * dx + dz * dz;
  const b = eye[0] * dx + ez * dz;
  const c = eye[0] * eye[0] + ez * ez - radius * radius;
  const way = (-b - Math.sqrt(b * b - a * c)) / a;
  return [radius * Math.atan2(eye[0] + way * dx, radius - (eye[2] + way * dz)), eye[1] + way * dy];
}

/** Ways in which a hand moves a photograph over two seconds, `t` from 0 to 1; the head of the picture looks straight at 0. */
export const HAND_MOVEMENTS: Readonly<Record<string, (t: number) => Held>> = {
  tilted: (t) => ({ yaw: 45 * Math.sin(Math.PI * t), pitch: 0, roll: 0, x: 0, y: 0, z: 0.5 }),
  panned: (t) => ({ yaw: 0, pitch: 0, roll: 0, x: 0.1 * Math.sin(Math.PI * t), y: 0.01 * t, z: 0.5 }),
  zoomed: (t) => ({ yaw: 0, pitch: 0, roll: 0, x: 0, y: 0, z: 0.6 - 0.2 * t }),
  waved: (t) => ({
    yaw: 35 * Math.sin(1.5 * Math.PI * t),
    pitch: 20 * Math.sin(2 * Math.PI * t),
    roll: 8 * t,
    x: 0.06 * Math.sin(2 * Math.PI * t),
    y: 0.02 * t,
    z: 0.5 - 0.08 * t,
  }),
  nodded: (t) => ({ yaw: 0, pitch: 40 * Math.sin(2 * Math.PI * t), roll: 0, x: 0, y: 0, z: 0.5 }),
};

function inverse3(m: number[][]): number[][] {
  const [[a, b, c], [d, e, f], [g, h, i]] = m as [
    [number, number, number],
    [number, number, number],
    [number, number, number],
  ];
  const det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  return [
    [(e * i - f * h) / det, (c * h - b * i) / det, (b * f - c * e) / det],
    [(f * g - d * i) / det, (a * i - c * g) / det, (c * d - a * f) / det],
    [(d * h - e * g) / det, (b * g - a * h) / det, (a * e - b * d) / det],
  ];
}
