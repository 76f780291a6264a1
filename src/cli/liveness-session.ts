import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { toError, VestibuleError } from '../domain/errors.js';
import { CHALLENGE_ACTIONS } from '../domain/liveness/action.js';

/** Files of a recorded session beside its JPEG frames (docs/liveness.md "Recording an own corpus"). */
export const SESSION_FILE = 'session.json';
export const FRAMES_FILE = 'frames.jsonl';

const at = z.number().min(0);
const byte = z.int().min(0).max(255);

const sessionSchema = z.strictObject({
  version: z.literal(1),
  label: z.string(),
  medium: z.string(),
  person: z.string(),
  /** RFC 3339 UTC. */
  startedAt: z.string(),
  consent: z.strictObject({ given: z.literal(true), text: z.string() }),
  camera: z.strictObject({ kind: z.string(), model: z.string().exactOptional() }),
  /** What was asked, and when the terminal showed it; ms since the first frame. */
  prompts: z.array(z.strictObject({ action: z.enum(CHALLENGE_ACTIONS), atMs: z.number() })),
  /** Colours that the screen showed. */
  light: z.array(
    z.strictObject({ colour: z.string().regex(/^#[0-9a-f]{6}$/), rgb: z.tuple([byte, byte, byte]), atMs: z.number() }),
  ),
});
export type RecordedSession = z.infer<typeof sessionSchema>;

const frameSchema = z.strictObject({ file: z.string().regex(/^[\w-]+\.jpg$/), seq: z.int(), atMs: at });
/** `atMs`: capture time since the first frame. */
export type RecordedFrame = z.infer<typeof frameSchema>;

/** A session folder without its pictures. Throws `input_invalid`. */
export async function readSession(
  folder: string,
): Promise<{ readonly session: RecordedSession; readonly frames: readonly RecordedFrame[] }> {
  const session = parsed(sessionSchema, folder, SESSION_FILE, await textOf(folder, SESSION_FILE));
  const lines = (await textOf(folder, FRAMES_FILE)).split('\n').filter((line) => line !== '');
  const frames = lines.map((line) => parsed(frameSchema, folder, FRAMES_FILE, line));
  if (frames.length === 0) throw new VestibuleError('input_invalid', `${folder} holds no frame.`);
  return { session, frames };
}

async function textOf(folder: string, name: string): Promise<string> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (thrown) {
    const cause = toError(thrown);
    const words = `${folder} is no session of record-liveness: ${name} cannot be read (${cause.message}).`;
    throw new VestibuleError('input_invalid', words, { cause });
  }
}

function parsed<T>(schema: z.ZodType<T>, folder: string, name: string, text: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (thrown) {
    throw new VestibuleError('input_invalid', `${join(folder, name)}: ${toError(thrown).message}`);
  }
  const result = schema.safeParse(json);
  if (result.success) return result.data;
  throw new VestibuleError('input_invalid', `${join(folder, name)}: ${z.prettifyError(result.error)}`);
}
