import type { z } from 'zod';

/** How one document is stored. */
export interface CollectionSpec<T> {
  /** Path under the state directory, for example `attendance/2026-11-21.json`. */
  readonly file: string;
  /** Version of the document's form; a newer one on disk is refused (`state_version`). */
  readonly version: number;
  /** Validates the document's data on read. */
  readonly schema: z.ZodType<T>;
  /** Data of a document that does not exist yet. */
  initial(): T;
}

/**
 * One durable document with one writer. What `read` returns is what the disk holds: a failed write changes nothing.
 * Contract suite: test/contracts/collection.ts
 */
export interface Collection<T> {
  /** The last committed data; frozen, do not change it. */
  read(): T;
  /**
   * Replaces the data by what `change` returns. Calls are carried out one after the other. Resolves after
   * fsync(file), rename and fsync(directory); rejects with `storage_full` or `storage_failed` and leaves `read` as it was.
   */
  update(change: (current: T) => T): Promise<T>;
  /** Waits for running updates. */
  close(): Promise<void>;
}

/** Something happened to a state file that an administrator must know. */
export interface StoreAlarm {
  readonly file: string;
  readonly kind: 'recovered_from_previous' | 'started_empty' | 'temp_file_removed';
  /** Where the unreadable file lies now. */
  readonly movedTo?: string;
  readonly reason: string;
}

/** The state directory: one process at a time, no document is silently replaced by an empty one. */
export interface Store {
  /** Takes the lock (`state_locked` when another process has it) and removes left-over temporary files. */
  open(): Promise<void>;
  /** Opens a document: validates it, falls back to the previous good copy, reports what it had to do. */
  collection<T>(spec: CollectionSpec<T>): Promise<Collection<T>>;
  /** Names of the files in a directory under the state directory, sorted; empty when it does not exist. */
  list(directory: string): Promise<readonly string[]>;
  /** Appends text and fsyncs; creates the file with mode 0600. */
  append(file: string, text: string): Promise<void>;
  /** Durable replace of a whole derived text file. */
  writeText(file: string, text: string): Promise<void>;
  /** Removes a document or text file and its previous copy, durably; a file that is not there is no fault. */
  remove(file: string): Promise<void>;
  /** Text of a file or undefined when it does not exist. */
  readText(file: string): Promise<string | undefined>;
  /** Alarms since open, oldest first. */
  alarms(): readonly StoreAlarm[];
  onAlarm(listener: (alarm: StoreAlarm) => void): void;
  /** Releases the lock after all writes. */
  close(): Promise<void>;
}

/** A document read without the lock. */
export interface ReadDocument<T> {
  readonly data: T;
  /** Which copy was used; `nothing` = the document does not exist or no copy can be read (then `reason` says why). */
  readonly from: 'file' | 'previous' | 'nothing';
  readonly reason?: string;
}

/** Reads a state directory that a running daemon owns; changes nothing. */
export interface StateReader {
  list(directory: string): Promise<readonly string[]>;
  read<T>(spec: CollectionSpec<T>): Promise<ReadDocument<T>>;
}
