import { createHmac, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { toError, VestibuleError } from '../domain/errors.js';
import type { KeySource, SourceKey } from '../ports/key-source.js';
import { errorCode, temporaryName } from './durable-file.js';

/** Name of the key file in the state directory and of the systemd credential. */
export const KEY_FILE = 'template.key';
const CREDENTIAL_NAME = 'template-key';

/**
 * The key source of this machine: the systemd credential where the service manager hands one over, otherwise a
 * key file in the state directory that is made on first use.
 * @param options credentialsDirectory: value of CREDENTIALS_DIRECTORY, absent outside systemd
 */
export async function chooseKeySource(options: {
  readonly stateDirectory: string;
  readonly credentialsDirectory?: string | undefined;
}): Promise<KeySource> {
  if (options.credentialsDirectory !== undefined && options.credentialsDirectory !== '') {
    const file = join(options.credentialsDirectory, CREDENTIAL_NAME);
    if ((await statOf(file)) !== undefined) return new CredentialKeySource(file);
  }
  return new FileKeySource(join(options.stateDirectory, KEY_FILE));
}

/** Level 0: 32 random bytes in a file of mode 0600 beside the data. */
export class FileKeySource implements KeySource {
  readonly level = 0;
  readonly description: string;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    this.description = `key file ${file}`;
  }

  async key(): Promise<SourceKey> {
    const found = await statOf(this.#file);
    if (found === undefined) return named(await this.#create());
    // A key that others may read does not protect anything; a person has to decide whether it leaked.
    if ((found.mode & 0o077) !== 0)
      throw new VestibuleError(
        'secret_unreadable',
        `The key file ${this.#file} can be read by other users. Run: chmod 600 ${this.#file}`,
      );
    return named(await readKey(this.#file));
  }

  async #create(): Promise<Uint8Array> {
    const key = new Uint8Array(randomBytes(32));
    try {
      await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
      // Under its own name only when it is whole: a full disk or a power cut must not leave half a key behind.
      const step = temporaryName(this.#file);
      await rm(step, { force: true });
      const handle = await open(step, 'wx', 0o600);
      try {
        await handle.writeFile(key);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await giveName(step, this.#file);
      const directory = await open(dirname(this.#file), 'r');
      try {
        await directory.sync();
      } finally {
        await directory.close();
      }
    } catch (thrown) {
      throw new VestibuleError('state_unwritable', `The key file ${this.#file} could not be written.`, {
        cause: toError(thrown),
      });
    }
    return key;
  }
}

/** Never over a key that is there; a file system without hard links (FAT) cannot promise that. */
async function giveName(step: string, file: string): Promise<void> {
  try {
    await link(step, file);
    await rm(step);
  } catch (thrown) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errorCode(thrown))) throw thrown;
    await rename(step, file);
  }
}

/** Level 1: a systemd credential (LoadCredentialEncrypted=template-key:…), readable only by the service. */
class CredentialKeySource implements KeySource {
  readonly level = 1;
  readonly description: string;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    this.description = `systemd credential ${CREDENTIAL_NAME}`;
  }

  async key(): Promise<SourceKey> {
    return named(await readKey(this.#file));
  }
}

async function statOf(file: string): Promise<{ readonly mode: number } | undefined> {
  try {
    return await stat(file);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new VestibuleError('secret_unreadable', `The key file ${file} could not be looked up.`, {
      cause: toError(thrown),
    });
  }
}

/** 32 raw bytes or 64 hex digits (with or without a line end). */
async function readKey(file: string): Promise<Uint8Array> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (thrown) {
    throw new VestibuleError('secret_unreadable', `The template key ${file} could not be read.`, {
      cause: toError(thrown),
    });
  }
  if (bytes.length === 32) return new Uint8Array(bytes);
  const text = bytes.toString('latin1').trim();
  if (/^[0-9a-fA-F]{64}$/.test(text)) return new Uint8Array(Buffer.from(text, 'hex'));
  throw new VestibuleError(
    'secret_unreadable',
    `The template key ${file} must hold 32 bytes or 64 hex digits; it holds ${bytes.length} bytes. Restore it from the backup of keys.`,
  );
}

function named(key: Uint8Array): SourceKey {
  const kid = createHmac('sha256', key).update('vestibule template key id').digest('hex').slice(0, 16);
  return { kid, key };
}
