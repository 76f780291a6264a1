import { constants } from 'node:fs';
import { chmod, type FileHandle, link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { toError, VestibuleError } from '../domain/errors.js';

/** Files hold personal data: only the kiosk's user may read them. */
const FILE_MODE = 0o600;
const DIRECTORY_MODE = 0o700;

/** Name of the temporary file beside `file`; one writer per file, so one name is enough. */
export function temporaryName(file: string): string {
  return join(dirname(file), `.${basename(file)}.tmp`);
}

/** True for a name made by `temporaryName`. */
export function isTemporaryName(name: string): boolean {
  return /^\..+\.tmp$/.test(name);
}

/** Where the copy before the last write lies. */
export function previousName(file: string): string {
  return `${file}.prev`;
}

/** The code of a system error, or an empty string. */
export function errorCode(thrown: unknown): string {
  const code = (thrown as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** Turns a failed write into `storage_full` (ENOSPC, EDQUOT) or `storage_failed`. */
export function storageFault(thrown: unknown, file: string): VestibuleError {
  if (thrown instanceof VestibuleError) return thrown;
  const cause = toError(thrown);
  const full = ['ENOSPC', 'EDQUOT'].includes(errorCode(thrown));
  return new VestibuleError(
    full ? 'storage_full' : 'storage_failed',
    `${basename(file)} was not written: ${full ? 'no space is left on the disk' : cause.message}.`,
    { cause, context: { file: basename(file), error: errorCode(thrown) || cause.name } },
  );
}

/** fsync of a directory: makes the names in it durable. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a directory and its parents with mode 0700 and makes their names durable. */
export async function ensureDirectory(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
  if (first === undefined) return;
  for (let made = directory; ; made = dirname(made)) {
    await chmod(made, DIRECTORY_MODE);
    await syncDirectory(dirname(made));
    if (made === first || made === dirname(made)) return;
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, at, bytes.length - at);
    at += bytesWritten;
  }
}

/**
 * Keeps the present copy under `<file>.prev`. By a hard link the file itself never goes away; on a file system
 * without links (FAT) it is renamed, so for a moment only the previous copy has a name, which reading accepts.
 */
async function keepPrevious(file: string): Promise<boolean> {
  const previous = previousName(file);
  const step = temporaryName(previous);
  try {
    await rm(step, { force: true });
    await link(file, step);
    await rename(step, previous);
    return true;
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return false;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errorCode(thrown))) throw thrown;
    await rename(file, previous);
    return true;
  }
}

/**
 * Replaces a file durably: temporary file, fsync, rename, fsync of the directory. At every instant the old or the new
 * text is on the disk. Throws `storage_full` or `storage_failed`; then the old text is still the file's text.
 * @param text as UTF-8 in pieces, or as it is
 * @param options keepPrevious: keep the old text as `<file>.prev`
 */
export async function writeDurable(
  file: string,
  text: string | readonly Uint8Array[],
  options: { keepPrevious: boolean },
): Promise<void> {
  const temporary = temporaryName(file);
  let kept = false;
  let renamed = false;
  try {
    await ensureDirectory(dirname(file));
    const handle = await open(temporary, 'w', FILE_MODE);
    try {
      for (const piece of typeof text === 'string' ? [Buffer.from(text, 'utf8')] : text) await writeAll(handle, piece);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (options.keepPrevious) kept = await keepPrevious(file);
    await rename(temporary, file);
    renamed = true;
    await syncDirectory(dirname(file));
  } catch (thrown) {
    await undo(file, { kept, renamed }).catch(() => undefined);
    throw storageFault(thrown, file);
  }
}

/** After a failed write nobody may find the new text: the caller was told that nothing was recorded. */
async function undo(file: string, done: { kept: boolean; renamed: boolean }): Promise<void> {
  await rm(temporaryName(file), { force: true });
  if (done.renamed && done.kept) await rename(previousName(file), file);
  else if (done.kept && !(await exists(file))) await rename(previousName(file), file);
}

/** True when something has this name. */
export async function exists(file: string): Promise<boolean> {
  try {
    await stat(file);
    return true;
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT' || errorCode(thrown) === 'ENOTDIR') return false;
    throw thrown;
  }
}

/**
 * Appends text and fsyncs it. A part that was written before a failure is cut off again, so no torn line stays.
 * Throws `storage_full` or `storage_failed`.
 */
export async function appendDurable(file: string, text: string): Promise<void> {
  try {
    await ensureDirectory(dirname(file));
    const isNew = !(await exists(file));
    const handle = await open(file, 'a', FILE_MODE);
    try {
      const { size } = await handle.stat();
      try {
        await writeAll(handle, Buffer.from(text, 'utf8'));
        await handle.sync();
      } catch (thrown) {
        await handle.truncate(size).catch(() => undefined);
        throw thrown;
      }
    } finally {
      await handle.close();
    }
    if (isNew) await syncDirectory(dirname(file));
  } catch (thrown) {
    throw storageFault(thrown, file);
  }
}

/** Removes a file and its previous copy durably; a file that is not there is no fault. */
export async function removeDurable(file: string): Promise<void> {
  try {
    await rm(previousName(file), { force: true });
    await rm(file, { force: true });
    if (await exists(dirname(file))) await syncDirectory(dirname(file));
  } catch (thrown) {
    throw storageFault(thrown, file);
  }
}
