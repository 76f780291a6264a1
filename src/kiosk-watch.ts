import type { SystemDetail, SystemType } from './messaging/payload-schemas.js';
import type { Clock } from './ports/clock.js';
import type { System } from './ports/system.js';

/** Free space below which an alarm is raised, bytes. */
const DISK_LOW_BYTES = 200 * 1024 * 1024;
/** Free space below which no punch can be counted on to be written, bytes. */
const DISK_FULL_BYTES = 1024 * 1024;
/** The wall clock moved this much against the monotonic one: it was set. Slewing by NTP stays far below. */
const CLOCK_STEP_MS = 2000;
const LOOK_EVERY_MS = 1000;
const DISK_EVERY_MS = 30_000;
/** Fed three times within the 30 s of the service file. */
const WATCHDOG_EVERY_MS = 10_000;

export interface DiskState {
  readonly freeBytes?: number;
  /** Punches can be written: the directory is writable and there is space. */
  readonly writable: boolean;
}

export interface WatchParts {
  readonly clock: Clock;
  readonly system: System;
  readonly stateDirectory: string;
  /** May the service manager be told that all is well? */
  readonly healthy: () => boolean;
  readonly systemEvent: (type: SystemType, detail: SystemDetail) => void;
  readonly changed: () => void;
}

/** Watches clock and disk, raises their events, feeds the watchdog of the service manager. */
export class KioskWatch {
  readonly #parts: WatchParts;
  #disk: DiskState = { writable: true };
  #cancel: (() => void) | undefined;
  #offset = 0;
  #sync: string;
  #diskLow = false;
  #nextDisk = 0;
  #nextWatchdog = 0;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    this.#sync = parts.clock.state().sync;
  }

  disk(): DiskState {
    return this.#disk;
  }

  async start(): Promise<void> {
    const { clock } = this.#parts;
    this.#offset = clock.now() - clock.mono();
    await this.#lookAtDisk();
    this.#look();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #look(): void {
    const { clock, system, systemEvent, healthy, changed } = this.#parts;
    const offset = clock.now() - clock.mono();
    const delta = Math.round(offset - this.#offset);
    if (Math.abs(delta) >= CLOCK_STEP_MS) {
      systemEvent('clock_stepped', { delta_ms: delta });
      changed();
    }
    // Compared with the last look, so that years of slow drift are no step.
    this.#offset = offset;
    const sync = clock.state().sync;
    if (sync !== this.#sync) {
      if (sync === 'ntp') systemEvent('clock_synced', {});
      this.#sync = sync;
      changed();
    }
    const mono = clock.mono();
    if (mono >= this.#nextDisk) {
      this.#nextDisk = mono + DISK_EVERY_MS;
      this.#lookAtDisk().catch(() => {});
    }
    if (mono >= this.#nextWatchdog && healthy()) {
      this.#nextWatchdog = mono + WATCHDOG_EVERY_MS;
      system.notify('watchdog').catch(() => {});
    }
    this.#cancel = clock.after(LOOK_EVERY_MS, () => this.#look());
  }

  async #lookAtDisk(): Promise<void> {
    const { system, stateDirectory, systemEvent, changed } = this.#parts;
    const before = this.#disk;
    const disk: DiskState = await system.disk(stateDirectory).catch(() => ({ writable: false }));
    const free = disk.freeBytes ?? Number.POSITIVE_INFINITY;
    this.#disk = { ...disk, writable: disk.writable && free >= DISK_FULL_BYTES };
    const low = free < DISK_LOW_BYTES;
    if (low && !this.#diskLow) systemEvent('disk_low', { free_bytes: this.#disk.freeBytes ?? 0 });
    this.#diskLow = low;
    if (before.writable !== this.#disk.writable) changed();
  }
}
