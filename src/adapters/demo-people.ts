import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** One person of the demo, cut from a sample photograph that the installed face library carries. */
export interface DemoPerson {
  /** Invented; the library names nobody. */
  readonly name: string;
  /** File in the library's `demo` folder. */
  readonly file: string;
  /** Face in the photograph, pixels of the file: centre, width and height of the box, distance between the eyes. */
  readonly face: {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly eyes: number;
  };
  /** False for the ones that stay strangers, so that the demo shows a refusal. */
  readonly enrolled: boolean;
}

/** In order of appearance. Every cut holds one face for the detectors of both packs (test/adapters/demo-people.test.ts). */
export const DEMO_PEOPLE: readonly DemoPerson[] = [
  person('Demo Alex', 'sample6.jpg', 758, 481, 189, 296, 86, true),
  person('Demo Kim', 'sample3.jpg', 692, 462, 204, 269, 89, true),
  person('Demo Robin', 'sample5.jpg', 871, 222, 164, 212, 78, true),
  person('Demo Stranger', 'sample6.jpg', 358, 624, 223, 283, 100, false),
  person('Demo Sam', 'sample6.jpg', 1266, 444, 204, 265, 91, true),
  person('Demo Jo', 'sample3.jpg', 1595, 442, 202, 286, 94, true),
  person('Demo Chris', 'sample6.jpg', 1589, 411, 224, 290, 106, true),
];

function person(
  name: string,
  file: string,
  x: number,
  y: number,
  width: number,
  height: number,
  eyes: number,
  enrolled: boolean,
): DemoPerson {
  return { name, file, face: { x, y, width, height, eyes }, enrolled };
}

/** Size of every demo picture, pixels. */
export const DEMO_SIZE = { width: 640, height: 480 } as const;
/** Distance between the eyes of a person who stands before the kiosk, pixels. */
export const DEMO_EYES_PX = 80;
/** Grey of the empty hall, BGR and RGB alike. */
export const DEMO_BACKGROUND = 168;
/** Share of the cut's width and height over which it fades into the background on each side. */
export const DEMO_FADE = 0.12;

/** The part of the photograph that shows one person: head and shoulders without the neighbours' faces. */
export function demoCut(who: DemoPerson): {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
} {
  const { x, y, width, height } = who.face;
  const left = Math.max(0, Math.round(x - 0.95 * width));
  const top = Math.max(0, Math.round(y - 0.85 * height));
  return { left, top, width: Math.round(1.9 * width), height: Math.round(1.65 * height) };
}

/** Bytes of a sample photograph. Throws where the library is not installed. */
export async function demoPhotograph(file: string): Promise<Uint8Array> {
  const require = createRequire(import.meta.url);
  return readFile(require.resolve(`@vladmandic/face-api/demo/${file}`));
}
