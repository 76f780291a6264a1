import { execFile } from 'node:child_process';
import { constants, readdirSync, readFileSync } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import type { System } from '../ports/system.js';

/** Places of the machine that a test may replace. */
export interface LinuxPlaces {
  /** Default `/sys/class/thermal`. */
  readonly thermal?: string;
  /** Default `/usr/bin/systemd-notify`. */
  readonly notifyProgram?: string;
  /** Address of the service manager; default the environment's NOTIFY_SOCKET. */
  readonly notifySocket?: string | undefined;
}

/** Facts of a Linux machine, and the way to tell systemd how the kiosk is. */
export class LinuxSystem implements System {
  readonly #thermal: string;
  readonly #notifyProgram: string;
  readonly #notifySocket: string | undefined;

  constructor(places: LinuxPlaces = {}) {
    this.#thermal = places.thermal ?? '/sys/class/thermal';
    this.#notifyProgram = places.notifyProgram ?? '/usr/bin/systemd-notify';
    this.#notifySocket = 'notifySocket' in places ? places.notifySocket : process.env.NOTIFY_SOCKET;
  }

  memory(): { readonly rssBytes: number } {
    return { rssBytes: process.memoryUsage.rss() };
  }

  load1(): number {
    return loadavg()[0] ?? 0;
  }

  cpuCelsius(): number | undefined {
    let zones: string[];
    try {
      zones = readdirSync(this.#thermal).filter((name) => /^thermal_zone\d+$/.test(name));
    } catch {
      return undefined;
    }
    const readings = zones
      .map((zone) => ({ type: this.#read(zone, 'type'), milli: Number(this.#read(zone, 'temp') || Number.NaN) }))
      .filter(({ milli }) => Number.isFinite(milli));
    const cpu = readings.find(({ type }) => /cpu|x86_pkg|soc/i.test(type)) ?? readings[0];
    return cpu === undefined ? undefined : cpu.milli / 1000;
  }

  async disk(directory: string): Promise<{ readonly freeBytes: number; readonly writable: boolean }> {
    const { bavail, bsize } = await statfs(directory);
    const writable = await access(directory, constants.W_OK).then(
      () => true,
      () => false,
    );
    return { freeBytes: bavail * bsize, writable };
  }

  async notify(state: 'ready' | 'stopping' | 'watchdog', status?: string): Promise<void> {
    if (this.#notifySocket === undefined || this.#notifySocket === '') return;
    const word = { ready: 'READY=1', stopping: 'STOPPING=1', watchdog: 'WATCHDOG=1' }[state];
    const args = ['--no-block', word, ...(status === undefined ? [] : [`STATUS=${status.replaceAll('\n', ' ')}`])];
    const env = { ...process.env, NOTIFY_SOCKET: this.#notifySocket };
    // A service manager that does not listen is no reason to stop recording.
    await new Promise<void>((resolve) => {
      execFile(this.#notifyProgram, args, { env, timeout: 5000 }, () => resolve());
    });
  }

  #read(zone: string, file: string): string {
    try {
      return readFileSync(join(this.#thermal, zone, file), 'utf8').trim();
    } catch {
      return '';
    }
  }
}
