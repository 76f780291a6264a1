import { readFileSync } from 'node:fs';
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { VestibuleError } from '../domain/errors.js';
import type { Random } from '../ports/random.js';
import { errorCode, storageFault } from './durable-file.js';

/** Who holds a state directory. No wall time: a process is the same one when boot, pid and start tick agree. */
interface Owner {
  readonly pid: number;
  /** Start of the process in clock ticks since boot (/proc/<pid>/stat field 22). */
  readonly start: string;
  readonly boot: string;
  /** Unique for every lock that was ever taken. */
  readonly token: string;
}

const LOCK = 'vestibule.lock';

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Start tick of a living process; undefined for a dead one or a zombie. */
function startTick(pid: number): string | undefined {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  // The command name is in brackets and may hold anything, so count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (stat === '' || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  return fields[19];
}

function bootId(): string {
  return readOrEmpty('/proc/sys/kernel/random/boot_id').trim();
}

function parseOwner(text: string): Owner | undefined {
  try {
    const value = JSON.parse(text) as Partial<Owner> | null;
    if (typeof value?.pid !== 'number' || typeof value.token !== 'string') return undefined;
    return { pid: value.pid, start: String(value.start), boot: String(value.boot), token: value.token };
  } catch {
    return undefined;
  }
}

function isAlive(owner: Owner): boolean {
  return owner.boot === bootId() && startTick(owner.pid) === owner.start;
}

/** The lock file of a state directory: a second process is refused, the lock of a dead one is taken over. */
export class StateLock {
  readonly #directory: string;
  readonly #own: Owner;
  #held = false;

  constructor(directory: string, random: Random) {
    this.#directory = directory;
    this.#own = {
      pid: process.pid,
      start: startTick(process.pid) ?? '',
      boot: bootId(),
      token: Buffer.from(random.bytes(12)).toString('hex'),
    };
  }

  /** Takes the lock or throws `state_locked`. */
  async take(): Promise<void> {
    const mine = join(this.#directory, `${LOCK}.${this.#own.token}`);
    try {
      await writeFile(mine, JSON.stringify(this.#own), { mode: 0o600, flag: 'wx' });
      await this.#takeWith(mine);
      this.#held = true;
      await this.#sweep();
    } catch (thrown) {
      throw storageFault(thrown, LOCK);
    } finally {
      await rm(mine, { force: true });
    }
  }

  /** Gives the lock back when it is still this one's. */
  async release(): Promise<void> {
    if (!this.#held) return;
    this.#held = false;
    const path = join(this.#directory, LOCK);
    const owner = await this.#read(path);
    if (owner !== undefined && owner.token === this.#own.token) await rm(path, { force: true });
  }

  /** Removes what processes that died while they took the lock left behind. */
  async #sweep(): Promise<void> {
    for (const name of await readdir(this.#directory)) {
      if (!name.startsWith(`${LOCK}.`)) continue;
      const path = join(this.#directory, name);
      const owner = await this.#read(path);
      if (owner !== undefined && !isAlive(owner)) await rm(path, { force: true });
    }
  }

  /** A link is exclusive: of many processes one succeeds. */
  async #takeWith(mine: string): Promise<void> {
    const path = join(this.#directory, LOCK);
    for (let attempt = 0; attempt < 50; attempt++) {
      if (await this.#linked(mine, path)) return;
      const owner = await this.#read(path);
      if (owner === undefined) continue;
      if (isAlive(owner)) throw this.#refusal(owner);
      if (await this.#succeed(owner, mine, path)) return;
    }
    throw new VestibuleError('state_locked', `The state directory ${this.#directory} is locked by another process.`);
  }

  /**
   * Takes over from a dead owner. Its heir is decided by an exclusive link named after its token, so that two
   * processes that see the same dead owner cannot both win; an heir that died on the way has an heir itself.
   */
  async #succeed(dead: Owner, mine: string, path: string): Promise<boolean> {
    const heirs: string[] = [];
    let last = dead;
    for (;;) {
      const heir = `${path}.heir-${last.token}`;
      heirs.push(heir);
      if (await this.#linked(mine, heir)) break;
      const other = await this.#read(heir);
      if (other === undefined) return false;
      if (isAlive(other)) throw this.#refusal(other);
      last = other;
    }
    const present = await this.#read(path);
    const won = present?.token === dead.token;
    // The name `mine` is still needed by nobody else: a second link is renamed over the dead owner's lock.
    if (won) {
      const step = `${mine}.step`;
      await link(mine, step);
      await rename(step, path);
    }
    for (const heir of heirs) await rm(heir, { force: true });
    return won;
  }

  async #linked(from: string, to: string): Promise<boolean> {
    try {
      await link(from, to);
      return true;
    } catch (thrown) {
      if (errorCode(thrown) === 'EEXIST') return false;
      if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(errorCode(thrown))) throw thrown;
    }
    // No hard links here (FAT): an exclusive create is the next best thing.
    try {
      await writeFile(to, JSON.stringify(this.#own), { mode: 0o600, flag: 'wx' });
      return true;
    } catch (thrown) {
      if (errorCode(thrown) === 'EEXIST') return false;
      throw thrown;
    }
  }

  /** The owner in a lock file; undefined when it went away. A damaged one belongs to nobody alive. */
  async #read(path: string): Promise<Owner | undefined> {
    try {
      return parseOwner(await readFile(path, 'utf8')) ?? { pid: 0, start: '', boot: '', token: 'damaged' };
    } catch (thrown) {
      if (errorCode(thrown) === 'ENOENT') return undefined;
      throw thrown;
    }
  }

  #refusal(owner: Owner): VestibuleError {
    return new VestibuleError(
      'state_locked',
      `The state directory ${this.#directory} is in use by process ${owner.pid}.`,
      { context: { pid: owner.pid } },
    );
  }
}
