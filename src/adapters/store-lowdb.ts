import { chmod, readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { toError, VestibuleError } from '../domain/errors.js';
import type { Clock } from '../ports/clock.js';
import type { Collection, CollectionSpec, ReadDocument, StateReader, Store, StoreAlarm } from '../ports/collection.js';
import type { Random } from '../ports/random.js';
import { LowdbCollection } from './collection-lowdb.js';
import { readDocument } from './document-file.js';
import {
  appendDurable,
  ensureDirectory,
  errorCode,
  isTemporaryName,
  removeDurable,
  storageFault,
  writeDurable,
} from './durable-file.js';
import { StateLock } from './state-lock.js';

/** Absolute path of a file of the state directory; refuses names that lead out of it. */
function pathIn(directory: string, file: string): string {
  const path = resolve(directory, file);
  if (path !== directory && !path.startsWith(directory + sep)) {
    throw new VestibuleError('input_invalid', `${file} is not inside the state directory.`);
  }
  return path;
}

async function listFiles(directory: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name)
      .sort();
  } catch (thrown) {
    if (errorCode(thrown) === 'ENOENT') return [];
    throw storageFault(thrown, directory);
  }
}

/** The state directory on a real disk, one process at a time. */
export class StateStore implements Store {
  readonly #directory: string;
  readonly #clock: Clock;
  readonly #lock: StateLock;
  /** Open documents. All who opened one share it, so that one file has one writer; the last close ends it. */
  readonly #collections = new Map<string, { users: number; opening: Promise<LowdbCollection<unknown>> }>();
  readonly #alarms: StoreAlarm[] = [];
  readonly #listeners: ((alarm: StoreAlarm) => void)[] = [];
  /** Text writes by file: one writer per file. */
  readonly #queues = new Map<string, Promise<unknown>>();
  #isOpen = false;

  constructor(parts: { readonly directory: string; readonly clock: Clock; readonly random: Random }) {
    this.#directory = resolve(parts.directory);
    this.#clock = parts.clock;
    this.#lock = new StateLock(this.#directory, parts.random);
  }

  async open(): Promise<void> {
    try {
      await ensureDirectory(this.#directory);
      await chmod(this.#directory, 0o700);
      await this.#lock.take();
    } catch (thrown) {
      if (thrown instanceof VestibuleError && thrown.code !== 'storage_failed') throw thrown;
      throw new VestibuleError(
        'state_unwritable',
        `The state directory ${this.#directory} cannot be used: ${toError(thrown).message}`,
        { cause: thrown },
      );
    }
    this.#isOpen = true;
    await this.#removeTemporaryFiles(this.#directory, '');
  }

  async collection<T>(spec: CollectionSpec<T>): Promise<Collection<T>> {
    this.#mustBeOpen();
    const path = pathIn(this.#directory, spec.file);
    const existing = this.#collections.get(path);
    if (existing !== undefined) {
      existing.users += 1;
      return (await existing.opening) as unknown as Collection<T>;
    }
    const opening = LowdbCollection.open(path, spec, {
      clock: this.#clock,
      alarm: (alarm) => this.#raise(alarm),
      closed: () => {
        entry.users -= 1;
        if (entry.users === 0 && this.#collections.get(path) === entry) this.#collections.delete(path);
      },
    });
    const entry = { users: 1, opening: opening as unknown as Promise<LowdbCollection<unknown>> };
    this.#collections.set(path, entry);
    opening.catch(() => this.#collections.delete(path));
    return opening;
  }

  list(directory: string): Promise<readonly string[]> {
    return listFiles(pathIn(this.#directory, directory));
  }

  append(file: string, text: string): Promise<void> {
    return this.#inTurn(file, (path) => appendDurable(path, text));
  }

  writeText(file: string, text: string): Promise<void> {
    return this.#inTurn(file, (path) => writeDurable(path, text, { keepPrevious: false }));
  }

  remove(file: string): Promise<void> {
    return this.#inTurn(file, async (path) => {
      const opened = await this.#collections.get(path)?.opening.catch(() => undefined);
      await opened?.close();
      this.#collections.delete(path);
      await removeDurable(path);
    });
  }

  async readText(file: string): Promise<string | undefined> {
    try {
      return await readFile(pathIn(this.#directory, file), 'utf8');
    } catch (thrown) {
      if (errorCode(thrown) === 'ENOENT') return undefined;
      throw thrown instanceof VestibuleError ? thrown : storageFault(thrown, file);
    }
  }

  alarms(): readonly StoreAlarm[] {
    return this.#alarms;
  }

  onAlarm(listener: (alarm: StoreAlarm) => void): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await Promise.all([...this.#queues.values()].map((queue) => queue.catch(() => undefined)));
    const opened = await Promise.allSettled([...this.#collections.values()].map(({ opening }) => opening));
    for (const one of opened) if (one.status === 'fulfilled') await one.value.close();
    await this.#lock.release();
  }

  #inTurn(file: string, work: (path: string) => Promise<void>): Promise<void> {
    this.#mustBeOpen();
    const path = pathIn(this.#directory, file);
    const run = (this.#queues.get(path) ?? Promise.resolve()).then(() => work(path));
    const quiet = run.catch(() => undefined);
    this.#queues.set(path, quiet);
    void quiet.then(() => {
      if (this.#queues.get(path) === quiet) this.#queues.delete(path);
    });
    return run;
  }

  /** Left over by a process that died between two steps of a write; the document itself was not touched. */
  async #removeTemporaryFiles(directory: string, below: string): Promise<void> {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory() && name.split('/').length < 4) await this.#removeTemporaryFiles(path, name);
      if (!entry.isFile() || !isTemporaryName(entry.name)) continue;
      await rm(path, { force: true });
      this.#raise({ file: name, kind: 'temp_file_removed', reason: 'a write was interrupted before it took effect' });
    }
  }

  #raise(alarm: StoreAlarm): void {
    this.#alarms.push(alarm);
    for (const listener of this.#listeners) listener(alarm);
  }

  #mustBeOpen(): void {
    if (!this.#isOpen) throw new VestibuleError('storage_failed', 'The state directory is not open.');
  }
}

/** Reads a state directory while a daemon may be writing it; never writes and takes no lock. */
export class StateDirectoryReader implements StateReader {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = resolve(directory);
  }

  list(directory: string): Promise<readonly string[]> {
    return listFiles(pathIn(this.#directory, directory));
  }

  async read<T>(spec: CollectionSpec<T>): Promise<ReadDocument<T>> {
    return readDocument(pathIn(this.#directory, spec.file), spec);
  }
}
