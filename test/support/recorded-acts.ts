import type { ChallengeAction } from '../../src/domain/liveness/action.js';
import { clipFile } from './clips.js';
import type { Scene } from './scene-camera.js';

/** A part of a recorded clip, seconds of its own time, and how it is laid over the part in which the head rests. */
interface Part {
  readonly from: number;
  readonly seconds: number;
  /** The head comes back in the recording: played backwards it goes out. */
  readonly backwards?: boolean;
  /** Pixels that the picture is shifted by to the right and down, so that the eyes are where they rest. */
  readonly shift?: readonly [number, number];
  /** The picture is made larger before it is shifted: the head was further away. */
  readonly zoom?: number;
}

export type RecordedAction = Extract<ChallengeAction, 'turn_left' | 'turn_right' | 'look_up' | 'look_down'>;

/** One person who rests before the camera and, when asked, turns or looks up or down, as recorded. */
export interface RecordedActs {
  readonly clip: string;
  readonly rest: Part;
  readonly acts: Readonly<Record<RecordedAction, Part>>;
  /** Done to every picture (ffmpeg filter). */
  readonly filter?: string;
}

/** Person T, living. Each part begins at rest; a scene plays it forwards and backwards, which is the way back. */
export const LIVING_ACTS: RecordedActs = {
  clip: 'tran_real.mp4',
  rest: { from: 0.93, seconds: 0.6 },
  acts: {
    turn_left: { from: 1.47, seconds: 1.8 },
    turn_right: { from: 9.7, seconds: 1.5, backwards: true, shift: [-14, 0] },
    look_down: { from: 11.2, seconds: 0.8, shift: [-14, 0] },
    look_up: { from: 15.93, seconds: 0.8, backwards: true, shift: [0, -30] },
  },
};

/**
 * The same person played on a computer's monitor, before a camera that is held by hand. Sharpened: as recorded the kiosk
 * recognises nobody, because the face is blurred. Once the head looks far down no face is found any more; the movement
 * until then is enough for the rule.
 */
export const REPLAYED_ACTS: RecordedActs = {
  clip: 'tran_fake.mp4',
  rest: { from: 13.6, seconds: 0.3 },
  acts: {
    turn_left: { from: 4.4, seconds: 0.85, zoom: 1.22, shift: [-6, -50] },
    turn_right: { from: 12.67, seconds: 1.1, backwards: true },
    look_down: { from: 14.07, seconds: 0.35 },
    look_up: { from: 16.87, seconds: 0.75, shift: [-15, 55] },
  },
  filter: 'unsharp=7:7:2',
};

/** The scenes of one person, by the names `${name}` (at rest) and `${name} turn_left` … */
export function actScenes(name: string, { clip, rest, acts, filter = 'null' }: RecordedActs): Record<string, Scene> {
  const scenes: Record<string, Scene> = { [name]: sceneOf(clip, rest, filter) };
  for (const [action, part] of Object.entries(acts)) scenes[`${name} ${action}`] = sceneOf(clip, part, filter);
  return scenes;
}

function sceneOf(clip: string, part: Part, filter: string): Scene {
  const { from, seconds, backwards, shift = [0, 0], zoom = 1 } = part;
  const [dx, dy] = shift;
  const filters = [
    ...(backwards === true ? ['reverse'] : []),
    ...(zoom === 1 ? [] : [`scale=iw*${zoom}:ih*${zoom},crop=iw/${zoom}:ih/${zoom}`]),
    ...(dx === 0 && dy === 0 ? [] : [shifted(dx, dy)]),
    filter,
  ];
  return { input: ['-ss', String(from), '-t', String(seconds), '-i', clipFile(clip)], filter: filters.join(',') };
}

/** What leaves the picture on one side is filled with the last pixels of the other one. */
function shifted(dx: number, dy: number): string {
  const [width, height] = [Math.abs(dx), Math.abs(dy)];
  const crop = `crop=iw-${width}:ih-${height}:${Math.max(0, -dx)}:${Math.max(0, -dy)}`;
  const pad = `pad=iw+${width}:ih+${height}:${Math.max(0, dx)}:${Math.max(0, dy)}`;
  const borders = [
    `left=${Math.max(0, dx)}`,
    `right=${Math.max(0, -dx)}`,
    `top=${Math.max(0, dy)}`,
    `bottom=${Math.max(0, -dy)}`,
  ];
  return `${crop},${pad},fillborders=${borders.join(':')}:mode=smear`;
}
