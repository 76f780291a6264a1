import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Runs ffmpeg; the message of a failure is its own. */
export function ffmpeg(args: readonly string[]): void {
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/** A moving test video of `seconds` at 15 frames a second, MJPEG in AVI. */
export function writeTestVideo(folder: string, seconds: number, size = '320x240'): string {
  const file = join(folder, `test-${size}-${seconds}.avi`);
  const input = `testsrc2=size=${size}:rate=15`;
  ffmpeg(['-f', 'lavfi', '-i', input, '-t', String(seconds), '-c:v', 'mjpeg', '-q:v', '4', file]);
  return file;
}

/** One picture drawn by ffmpeg; the format follows the name's extension. */
export function writeTestPicture(folder: string, name: string, size = '320x240'): Buffer {
  const file = join(folder, name);
  ffmpeg(['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=1`, '-frames:v', '1', file]);
  return readFileSync(file);
}
