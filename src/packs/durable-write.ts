import { open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { toError, VestibuleError } from '../domain/errors.js';

/** Writes a whole file so that a reader sees the old one or the new one: temp + fsync + rename + fsync(directory). */
export async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${file}.tmp-${process.pid}`;
  try {
    const handle = await open(temporary, 'w', 0o644);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncDirectory(dirname(file));
  } catch (thrown) {
    await unlink(temporary).catch(() => undefined);
    throw storageFault(file, thrown);
  }
}

/** Makes renames inside a directory durable. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A full or broken disk as a typed fault. */
export function storageFault(file: string, thrown: unknown): VestibuleError {
  const cause = toError(thrown);
  const full = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
  return new VestibuleError(
    full ? 'storage_full' : 'storage_failed',
    `${file} could not be written: ${cause.message}`,
    {
      cause,
      context: { file },
    },
  );
}
