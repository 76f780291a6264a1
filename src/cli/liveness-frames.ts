import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { videoFrames } from '../adapters/video-file.js';
import { toError, VestibuleError } from '../domain/errors.js';
import type { Picture } from '../domain/frame.js';
import type { Imaging } from '../ports/imaging.js';
import type { LabelledSource } from './eval-liveness-data.js';
import { type RecordedSession, readSession } from './liveness-session.js';

/** Pictures are made smaller to this long side, as the figures of the design are (INTER_AREA). */
export const LONG_SIDE_PX = 640;
/** A frame that is due within this time of its turn is taken, so that 30 frames a second make exactly 10. */
const SLACK_MS = 1;

export interface TimedPicture {
  readonly picture: Picture;
  /** ms since the beginning of the clip. */
  readonly atMs: number;
}

/** The frames of a labelled source that are looked at, and the record of a session. */
export interface SourceFrames {
  readonly frames: AsyncGenerator<TimedPicture>;
  readonly session?: RecordedSession;
}

/** @param fps frames a second of the clip's own time */
export async function openSource(source: LabelledSource, imaging: Imaging, fps: number): Promise<SourceFrames> {
  const wanted = sampler(source, fps);
  if (source.form === 'video') return { frames: shrunk(videoFrames(source.path, wanted), imaging) };
  if (source.form === 'still') return { frames: shrunk(one(source.path, imaging), imaging) };
  const { session, frames } = await readSession(source.path);
  const chosen = frames.filter(({ atMs }) => wanted(atMs));
  return { session, frames: shrunk(pictures(source.path, chosen, imaging), imaging) };
}

/** Says yes at most `fps` times a second, and only in the part of the clip that counts. */
function sampler({ fromS, toS }: LabelledSource, fps: number): (atMs: number) => boolean {
  let due = fromS * 1000;
  return (atMs) => {
    if (atMs < due - SLACK_MS || atMs >= toS * 1000) return false;
    // After a gap it goes on from here; it does not race to catch up.
    due = Math.max(due + 1000 / fps, atMs);
    return true;
  };
}

async function* pictures(
  folder: string,
  frames: readonly { readonly file: string; readonly atMs: number }[],
  imaging: Imaging,
): AsyncGenerator<TimedPicture> {
  for (const { file, atMs } of frames) yield { picture: await decoded(join(folder, file), imaging), atMs };
}

async function* one(path: string, imaging: Imaging): AsyncGenerator<TimedPicture> {
  yield { picture: await decoded(path, imaging), atMs: 0 };
}

async function decoded(path: string, imaging: Imaging): Promise<Picture> {
  try {
    return await imaging.decode(await readFile(path));
  } catch (thrown) {
    const cause = toError(thrown);
    throw new VestibuleError('input_invalid', `${path} cannot be used: ${cause.message}`, { cause });
  }
}

async function* shrunk(frames: AsyncGenerator<TimedPicture>, imaging: Imaging): AsyncGenerator<TimedPicture> {
  for await (const { picture, atMs } of frames) {
    const scale = LONG_SIDE_PX / Math.max(picture.width, picture.height);
    if (scale >= 1) yield { picture, atMs };
    else {
      const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * scale)));
      yield { picture: await imaging.resize(picture, width!, height!), atMs };
    }
  }
}
