import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measureIn, run } from './child.js';

/** What the measured kiosk looks at. */
export interface Scenes {
  /** Folder of folders of enrolment pictures. */
  readonly people: string;
  /** Video of visits with an empty hall in between, 15 frames a second. */
  readonly visits: string;
  /** Video of an empty hall with the noise of a sensor. */
  readonly empty: string;
  readonly size: { readonly width: number; readonly height: number };
  /** Where the pictures come from, for the table. */
  readonly origin: string;
}

/** Recorded live clips: name, file, seconds of the enrolment pictures, part that plays as a visit. */
const CLIPS = [
  { name: 'Person W', file: 'wolf_2.mp4', enrolAt: [0.2, 1.2, 2.4, 3.6], from: 0.5, seconds: 2 },
  { name: 'Person T', file: 'tran_real.mp4', enrolAt: [0.3, 1, 1.6, 2.2], from: 0.2, seconds: 1.8 },
] as const;
/** Longer than the motion gate stays open, so that every visit begins at a closed gate. */
const GAP_SECONDS = 3.4;

const MJPEG = ['-c:v', 'mjpeg', '-q:v', '3'] as const;
const ffmpeg = (args: readonly string[]): Promise<string> => run('ffmpeg', ['-v', 'error', '-y', ...args]);

/** Makes the videos in a folder: of recorded clips where they are, else of the demo's people. Needs ffmpeg. */
export async function makeScenes(folder: string, clips: string | undefined): Promise<Scenes> {
  const recorded = clips !== undefined && CLIPS.every(({ file }) => existsSync(join(clips, file)));
  const size = recorded ? { width: 480, height: 640 } : { width: 640, height: 480 };
  const people = join(folder, 'people');
  const visits = join(folder, 'visits.avi');
  const empty = join(folder, 'empty.avi');
  await ffmpeg([
    '-f',
    'lavfi',
    '-i',
    `color=c=0x707880:size=${size.width}x${size.height}:rate=15,noise=alls=6:allf=t`,
    '-t',
    '10',
    ...MJPEG,
    empty,
  ]);
  if (recorded) await fromClips(clips, people, visits);
  else await fromDemo(folder, people, visits);
  return { people, visits, empty, size, origin: recorded ? 'recorded clips' : "demo camera's people" };
}

async function fromClips(clips: string, people: string, visits: string): Promise<void> {
  const inputs: string[] = [];
  const filters: string[] = [];
  for (const [i, { name, file, enrolAt, from, seconds }] of CLIPS.entries()) {
    const own = join(people, name);
    mkdirSync(own, { recursive: true });
    for (const at of enrolAt)
      await ffmpeg(['-ss', `${at}`, '-i', join(clips, file), '-frames:v', '1', '-q:v', '2', join(own, `${at}.jpg`)]);
    inputs.push('-ss', `${from}`, '-t', `${seconds}`, '-i', join(clips, file));
    inputs.push('-f', 'lavfi', '-t', `${GAP_SECONDS}`, '-i', 'color=c=0x707880:size=480x640:rate=15');
    const fit = 'scale=480:640:force_original_aspect_ratio=increase,crop=480:640,fps=15,setsar=1,format=yuv420p';
    filters.push(`[${2 * i}:v]${fit}[v${2 * i}]`, `[${2 * i + 1}:v]${fit}[v${2 * i + 1}]`);
  }
  const joined = `${CLIPS.map((_, i) => `[v${2 * i}][v${2 * i + 1}]`).join('')}concat=n=${CLIPS.length * 2}:v=1[out]`;
  await ffmpeg([...inputs, '-filter_complex', [...filters, joined].join(';'), '-map', '[out]', ...MJPEG, visits]);
}

async function fromDemo(folder: string, people: string, visits: string): Promise<void> {
  await measureIn('./demo-frame.js', [folder, 'video']);
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'bgr24', '-s', '640x480', '-r', '15', '-i', join(folder, 'round.bgr')];
  await ffmpeg([...raw, '-pix_fmt', 'yuvj420p', ...MJPEG, visits]);
  const { demoEnrolments } = await import('../../adapters/demo-enrolment.js');
  for (const { name, photos } of demoEnrolments()) {
    mkdirSync(join(people, name), { recursive: true });
    for (const [i, photo] of (await photos()).entries()) writeFileSync(join(people, name, `${i}.png`), photo);
  }
}
