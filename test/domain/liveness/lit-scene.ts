import type { MeasuredFrame } from '../../../src/domain/liveness/measured-frame.js';
import {
  LIGHT_BASELINE_MS,
  LIGHT_HOLD_MS,
  LIGHT_TAIL_MS,
  type LightColour,
} from '../../../src/domain/liveness/screen-light.js';
import { gaussian } from '../../support/seeded.js';

type Rgb = readonly [number, number, number];

/** A face and a wall in the light of a room and of the screen. Reflectances and lights linear, 0–1. */
export interface Scene {
  /** What the screen shows at a time: the asked sequence, another one, or nothing. */
  readonly played: readonly LightColour[];
  readonly skin: Rgb;
  readonly wall: Rgb;
  readonly room: Rgb;
  /** How much of the screen's light falls on face and wall, beside the room's. */
  readonly onFace: number;
  readonly onWall: number;
  readonly delayMs: number;
  /** Standard deviation of a mean over the face, grey levels. */
  readonly noise: number;
  readonly fps: number;
  /** Uniform, 0–1. */
  readonly random: () => number;
}

export const DAYLIGHT: Rgb = [0.2, 0.2, 0.2];

/** Frames from before the first colour to after the last, and when each colour was shown. */
export function lit(scene: Scene): { readonly frames: readonly MeasuredFrame[]; readonly shownAt: readonly number[] } {
  const { played, delayMs, fps } = scene;
  const begin = 10_000;
  const shownAt = played.map((_, index) => begin + index * LIGHT_HOLD_MS);
  const end = begin + played.length * LIGHT_HOLD_MS + LIGHT_TAIL_MS;
  const frames: MeasuredFrame[] = [];
  for (let at = begin - LIGHT_BASELINE_MS; at <= end; at += 1000 / fps) {
    const index = shownAt.findLastIndex((from) => at - delayMs >= from);
    const isOver = at - delayMs >= begin + played.length * LIGHT_HOLD_MS;
    const rgb = isOver || index < 0 ? ([230, 230, 230] as const) : played[index]!.rgb;
    frames.push(
      frame(at, colourOf(scene, scene.skin, scene.onFace, rgb), colourOf(scene, scene.wall, scene.onWall, rgb)),
    );
  }
  return { frames, shownAt };
}

export function frame(at: number, face: Rgb, background: Rgb): MeasuredFrame {
  return {
    at,
    width: 640,
    height: 480,
    faces: 1,
    face: { track: 1, eyeDistancePx: 90, yaw: 0 },
    colour: { face, background },
  };
}

/** Mean of a surface as the camera gives it: BGR, gamma 2.2. */
function colourOf({ room, noise, random }: Scene, surface: Rgb, share: number, screen: Rgb): Rgb {
  const values = ([2, 1, 0] as const).map((axis) => {
    const light = room[axis] + share * (screen[axis] / 255) ** 2.2;
    const normal = gaussian(random)();
    return Math.max(0.5, Math.min(255, 255 * (surface[axis] * light) ** (1 / 2.2) + noise * normal));
  });
  return values as unknown as Rgb;
}
