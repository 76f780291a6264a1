import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toError, VestibuleError } from '../../domain/errors.js';
import { INSTALLED_FILE, type InstalledPack, installedPackSchema } from '../../ports/installed-pack.js';

/** The record of an installed pack. Throws `pack_missing` when it is not there, damaged or that of another pack. */
export async function readInstalled(folder: string, packId: string): Promise<InstalledPack> {
  try {
    const parsed = installedPackSchema.parse(JSON.parse(await readFile(join(folder, INSTALLED_FILE), 'utf8')));
    if (parsed.id !== packId) throw new Error(`${INSTALLED_FILE} is that of the pack ${parsed.id}`);
    return parsed;
  } catch (thrown) {
    throw new VestibuleError('pack_missing', `The model pack ${packId} is not installed in ${folder}`, {
      cause: toError(thrown),
      context: { pack: packId },
    });
  }
}

/**
 * Hashes one file of a pack and gives its sha256 (64 hex digits). Throws `pack_missing` when the file is not there,
 * `pack_file_invalid` when it is not the one that was installed.
 */
export async function checkFile(folder: string, installed: InstalledPack, name: string): Promise<string> {
  const expected = installed.files.find((file) => file.name === name);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(join(folder, name));
  } catch (cause) {
    throw new VestibuleError('pack_missing', `${name} of the model pack ${installed.id} is missing in ${folder}`, {
      cause,
      context: { file: name },
    });
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== expected?.sha256) {
    throw new VestibuleError('pack_file_invalid', `${join(folder, name)} is not the file that was installed`, {
      context: { file: name },
    });
  }
  return sha256;
}
