import { createHash, timingSafeEqual } from 'node:crypto';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureDirectory, errorCode, writeDurable } from './adapters/durable-file.js';
import { toError, VestibuleError } from './domain/errors.js';
import type { Random } from './ports/random.js';

/** Crockford base32 without I, L, O, U: a code that can be read aloud and typed. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 26 characters of 5 bits: 130 bits. */
const CODE_LENGTH = 26;

export const ADMIN_CODE_FILE = 'admin.code';
const CONTROL_FILE = 'control.json';

/**
 * The administrator's code of this kiosk: made at the first start, kept in a file that only the kiosk's user can
 * read, different on every installation. `vestibule admin-code` shows it.
 */
export class AdminAccess {
  readonly #directory: string;
  readonly #random: Random;
  readonly #warn: (sentence: string) => void;
  #code = '';

  /** @param parts warn: a damaged code was replaced */
  constructor(parts: { directory: string; random: Random; warn: (sentence: string) => void }) {
    this.#directory = parts.directory;
    this.#random = parts.random;
    this.#warn = parts.warn;
  }

  /**
   * Reads the code; makes one where there is none or a damaged one. Throws `secret_unreadable` for a file that cannot
   * be read: it may still hold the code that is in use.
   */
  async start(): Promise<void> {
    await ensureDirectory(this.#directory);
    const file = join(this.#directory, ADMIN_CODE_FILE);
    const found = await this.#read(file);
    if (found !== undefined && /^[0-9A-Z]{26}$/.test(found)) {
      this.#code = found;
      await chmod(file, 0o600);
      return;
    }
    this.#code = Array.from(this.#random.bytes(CODE_LENGTH), (byte) => ALPHABET[byte & 31]).join('');
    await writeDurable(file, `${this.#code}\n`, { keepPrevious: false });
    if (found !== undefined)
      this.#warn(
        `${ADMIN_CODE_FILE} was damaged and was replaced by a new code: old codes and links no longer work. \`vestibule admin-code\` shows the new one; check the disk or SD card.`,
      );
  }

  async #read(file: string): Promise<string | undefined> {
    try {
      return (await readFile(file, 'utf8')).trim();
    } catch (thrown) {
      const code = errorCode(thrown);
      if (code === 'ENOENT') return undefined;
      throw new VestibuleError(
        'secret_unreadable',
        `${file} cannot be read (${code || toError(thrown).message}). Let the kiosk's user read it, or delete it: the next start then makes a new code, and old links no longer work.`,
        { cause: thrown, context: { file: ADMIN_CODE_FILE } },
      );
    }
  }

  /** The code, for the installer's terminal. */
  code(): string {
    return this.#code;
  }

  /** Compares in constant time. */
  verify(given: string): boolean {
    if (this.#code === '') return false;
    const digest = (text: string) => createHash('sha256').update(text).digest();
    return timingSafeEqual(digest(given.trim().toUpperCase()), digest(this.#code));
  }

  /** Tells the command line where the running kiosk answers. */
  async publishAddress(url: string): Promise<void> {
    await writeFile(join(this.#directory, CONTROL_FILE), JSON.stringify({ url, pid: process.pid }), { mode: 0o600 });
  }

  async withdrawAddress(): Promise<void> {
    await rm(join(this.#directory, CONTROL_FILE), { force: true });
  }
}
