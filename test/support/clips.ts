import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const clipsFolder = resolve(projectRoot, '..', 'shared', 'data', 'liveness');

/** One person of the recorded clips. */
export interface ClipPerson {
  readonly name: string;
  readonly clip: string;
  /** Seconds of the clip from which enrolment pictures are taken. */
  readonly enrolAt: readonly number[];
  /** Part of the clip that plays as a visit. */
  readonly from: number;
  readonly seconds: number;
}

/** The two people of the recorded live clips (labels.csv of the data folder). */
export const CLIP_PEOPLE: readonly ClipPerson[] = [
  { name: 'Person W', clip: 'wolf_2.mp4', enrolAt: [0.2, 1.2, 2.4, 3.6], from: 0.5, seconds: 2.5 },
  { name: 'Person T', clip: 'tran_real.mp4', enrolAt: [0.3, 1.0, 1.6, 2.2], from: 0.2, seconds: 1.8 },
];

/** Path of a recorded clip. */
export function clipFile(name: string): string {
  return join(clipsFolder, name);
}

/** True when the recorded clips are there. */
export function clipsPresent(): boolean {
  return CLIP_PEOPLE.every((person) => existsSync(clipFile(person.clip)));
}

function ffmpeg(args: readonly string[]): void {
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Writes enrolment pictures, one folder per person, and returns the folder of folders. */
export function writeEnrolmentPictures(folder: string, people: readonly ClipPerson[]): string {
  const root = join(folder, 'people');
  for (const person of people) {
    const own = join(root, person.name.replaceAll(' ', '_'));
    mkdirSync(own, { recursive: true });
    person.enrolAt.forEach((at, index) => {
      ffmpeg([
        '-ss',
        String(at),
        '-i',
        join(clipsFolder, person.clip),
        '-frames:v',
        '1',
        '-q:v',
        '2',
        join(own, `${index}.jpg`),
      ]);
    });
  }
  return root;
}

/**
 * Writes a video of visits at 15 frames a second: each person stands there for a while, then the hall is empty
 * for `gapSeconds`. 480x640 portrait, the shape of the recorded clips.
 */
export function writeVisitVideo(folder: string, people: readonly ClipPerson[], gapSeconds = 1.5): string {
  const out = join(folder, 'visits.avi');
  const inputs: string[] = [];
  const filters: string[] = [];
  people.forEach((person, i) => {
    inputs.push('-ss', String(person.from), '-t', String(person.seconds), '-i', join(clipsFolder, person.clip));
    inputs.push('-f', 'lavfi', '-t', String(gapSeconds), '-i', 'color=c=0x707880:size=480x640:rate=15');
    const fit = 'scale=480:640:force_original_aspect_ratio=increase,crop=480:640,fps=15,setsar=1,format=yuv420p';
    filters.push(`[${2 * i}:v]${fit}[v${2 * i}]`, `[${2 * i + 1}:v]${fit}[v${2 * i + 1}]`);
  });
  const streams = people.flatMap((_, i) => [`[v${2 * i}]`, `[v${2 * i + 1}]`]).join('');
  ffmpeg([
    ...inputs,
    '-filter_complex',
    `${filters.join(';')};${streams}concat=n=${people.length * 2}:v=1:a=0[out]`,
    '-map',
    '[out]',
    '-c:v',
    'mjpeg',
    '-q:v',
    '3',
    out,
  ]);
  return out;
}
