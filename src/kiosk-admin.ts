import { createHash, timingSafeEqual } from 'node:crypto';
import { chmod, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Random } from './ports/random.js';

/** Crockford base32 without I, L, O, U: a code that can be read aloud and typed. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 26 characters of 5 bits: 130 bits. */
const CODE_LENGTH = 26;

export const ADMIN_CODE_FILE = 'admin.code';
export const CONTROL_FILE = 'control.json';

/**
 * The administrator's code of this kiosk: made at the first start, kept in a file that only the kiosk's user can
 * read, different on every installation. `vestibule admin-code` shows it.
 */
export class AdminAccess {
  readonly #directory: string;
  readonly #random: Random;
  #code = '';

  constructor(parts: { directory: string; random: Random }) {
    this.#directory = parts.directory;
    this.#random = parts.random;
  }

  /** Reads the code, or makes one. */
  async start(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const file = join(this.#directory, ADMIN_CODE_FILE);
    const found = (await readFile(file, 'utf8').catch(() => '')).trim();
    if (/^[0-9A-Z]{26}$/.test(found)) {
      this.#code = found;
      await chmod(file, 0o600);
      return;
    }
    this.#code = Array.from(this.#random.bytes(CODE_LENGTH), (byte) => ALPHABET[byte & 31]).join('');
    const handle = await open(file, 'w', 0o600);
    try {
      await handle.writeFile(`${this.#code}\n`);
      await handle.sync();
    } finally {
      await handle.close();
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
