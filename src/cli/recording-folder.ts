import { appendFile, chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toError, VestibuleError } from '../domain/errors.js';
import { FRAMES_FILE, type RecordedSession, SESSION_FILE } from './liveness-session.js';

/** The table that `eval liveness` reads. */
const LABELS_FILE = 'labels.csv';
const HEADER = 'file,label,medium,person,seconds,frames,challenge,light,recorded_at';
const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;

/** The row of a session in labels.csv. */
export interface LabelRow {
  readonly label: string;
  readonly medium: string;
  readonly person: string;
  readonly seconds: number;
  readonly frames: number;
  readonly challenge: boolean;
  readonly light: boolean;
  readonly recordedAt: string;
}

/** One session being written: nothing counts before `finish`, which adds it to labels.csv. */
export class RecordingFolder {
  readonly #root: string;
  readonly #name: string;
  #count = 0;

  private constructor(root: string, name: string) {
    this.#root = root;
    this.#name = name;
  }

  /** Makes the folder. Throws `input_invalid` when it, or another table of labels, is in the way. */
  static async open(root: string, name: string): Promise<RecordingFolder> {
    await attempt(root, () => mkdir(root, { recursive: true, mode: PRIVATE_FOLDER }));
    const first = await readFile(join(root, LABELS_FILE), 'utf8').then(
      (text) => text.split(/\r?\n/)[0],
      () => undefined,
    );
    if (first !== undefined && first !== HEADER) {
      const words = `${join(root, LABELS_FILE)} is another table (its columns must be ${HEADER}). Name another --out.`;
      throw new VestibuleError('input_invalid', words);
    }
    await attempt(join(root, name), () => mkdir(join(root, name), { mode: PRIVATE_FOLDER }));
    return new RecordingFolder(root, name);
  }

  get path(): string {
    return join(this.#root, this.#name);
  }

  get frames(): number {
    return this.#count;
  }

  /** @param atMs capture time since the first frame */
  async add(jpeg: Uint8Array, seq: number, atMs: number): Promise<void> {
    const file = `${String(++this.#count).padStart(5, '0')}.jpg`;
    const line = `${JSON.stringify({ file, seq, atMs: Math.round(atMs * 1000) / 1000 })}\n`;
    await attempt(this.path, async () => {
      await writeFile(join(this.path, file), jpeg, { mode: PRIVATE_FILE });
      await appendFile(join(this.path, FRAMES_FILE), line, { mode: PRIVATE_FILE });
    });
  }

  /** Writes what belongs to the session, then its row: a session without a row is read by nobody. */
  async finish(session: RecordedSession, row: LabelRow): Promise<void> {
    const cells = [
      this.#name,
      row.label,
      row.medium,
      row.person,
      row.seconds.toFixed(1),
      String(row.frames),
      row.challenge ? '1' : '0',
      row.light ? '1' : '0',
      row.recordedAt,
    ];
    await attempt(this.path, async () => {
      const text = `${JSON.stringify(session, null, 2)}\n`;
      await writeFile(join(this.path, SESSION_FILE), text, { mode: PRIVATE_FILE });
      const table = join(this.#root, LABELS_FILE);
      const isNew = await writeFile(table, `${HEADER}\n`, { mode: PRIVATE_FILE, flag: 'wx' }).then(
        () => true,
        (error: NodeJS.ErrnoException) => {
          if (error.code !== 'EEXIST') throw error;
          return false;
        },
      );
      if (!isNew) await chmod(table, PRIVATE_FILE);
      await appendFile(table, `${cells.map(cell).join(',')}\n`);
    });
  }

  /** Removes everything of this session. */
  async discard(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

const cell = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOSPC') throw new VestibuleError('storage_full', `There is no space for ${path}.`);
    throw new VestibuleError('input_invalid', `${path} cannot be written: ${toError(thrown).message}`);
  }
}
