import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { ClockState, ClockSync } from '../domain/attendance.js';
import type { Clock } from '../ports/clock.js';

/** Runs a program and gives what it printed, or undefined when it is missing, fails or takes too long. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string | undefined>;

/** What the kernel's wall clock was last compared with. */
interface Synchronisation {
  readonly sync: ClockSync;
  readonly offsetMs?: number;
}

const PROBE_EVERY_MS = 60_000;
/** setTimeout takes 31 bits; longer waits are made of several. */
const LONGEST_TIMEOUT_MS = 0x7fffffff;
/** Before this the clock of a machine with this software is certainly wrong (2025-01-01). */
const EARLIEST_PLAUSIBLE_MS = Date.UTC(2025, 0, 1);

const runProgram: RunProgram = (program, args) =>
  new Promise((resolve) => {
    execFile(program, args, { timeout: 5000, windowsHide: true }, (error, stdout) => {
      resolve(error === null ? stdout : undefined);
    });
  });

/** Line of `chronyc -c tracking`: field 5 is the offset in seconds, the last one the leap status. */
function fromChrony(line: string): Synchronisation | undefined {
  const fields = line.trim().split(',');
  const offsetSeconds = Number(fields[4]);
  if (fields.length < 14 || fields.at(-1) === 'Not synchronised') return undefined;
  return Number.isFinite(offsetSeconds) ? { sync: 'ntp', offsetMs: Math.round(offsetSeconds * 1000) } : { sync: 'ntp' };
}

/** The clocks of this machine. Whether NTP has set the wall clock is asked in the background after `start`. */
export class SystemClock implements Clock {
  readonly #run: RunProgram;
  readonly #timesyncFile: string;
  readonly #rtcPaths: readonly string[];
  readonly #boot: string;
  #synchronisation: Synchronisation;
  #timer: NodeJS.Timeout | undefined;

  /** @param options other places and programs to ask, for machines that keep them elsewhere */
  constructor(
    options: {
      readonly run?: RunProgram;
      readonly timesyncFile?: string;
      readonly rtcPaths?: readonly string[];
    } = {},
  ) {
    this.#run = options.run ?? runProgram;
    this.#timesyncFile = options.timesyncFile ?? '/run/systemd/timesync/synchronized';
    this.#rtcPaths = options.rtcPaths ?? ['/dev/rtc0', '/sys/class/rtc/rtc0'];
    this.#boot = readBootId();
    this.#synchronisation = { sync: this.#withoutNetwork() };
  }

  /** Asks once and then every minute; never throws. */
  async start(): Promise<void> {
    await this.#probe();
    this.#timer = setInterval(() => void this.#probe(), PROBE_EVERY_MS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  now(): number {
    return Date.now();
  }

  mono(): number {
    // process.hrtime reads CLOCK_MONOTONIC, which counts from boot and is one clock for all processes.
    return Number(process.hrtime.bigint()) / 1e6;
  }

  state(): ClockState {
    return { ...this.#synchronisation, boot: this.#boot, monoMs: Math.round(this.mono()) };
  }

  after(ms: number, callback: () => void): () => void {
    const due = this.mono() + ms;
    let timer: NodeJS.Timeout | undefined;
    const wait = (): void => {
      const left = due - this.mono();
      timer = setTimeout(left > LONGEST_TIMEOUT_MS ? wait : callback, Math.max(0, Math.min(left, LONGEST_TIMEOUT_MS)));
    };
    wait();
    return () => clearTimeout(timer);
  }

  async #probe(): Promise<void> {
    const chrony = await this.#run('chronyc', ['-c', 'tracking']);
    const tracked = chrony === undefined ? undefined : fromChrony(chrony);
    if (tracked !== undefined) {
      this.#synchronisation = tracked;
      return;
    }
    // timedated reads the kernel's flag (adjtimex), so this knows any NTP program.
    const answer = await this.#run('timedatectl', ['show', '--property=NTPSynchronized', '--value']);
    if (answer === undefined) this.#synchronisation = { sync: this.#withoutNetwork() };
    else this.#synchronisation = { sync: answer.trim() === 'yes' ? 'ntp' : this.#fromHardware() };
  }

  #withoutNetwork(): ClockSync {
    return existsSync(this.#timesyncFile) ? 'ntp' : this.#fromHardware();
  }

  #fromHardware(): ClockSync {
    const kept = this.#rtcPaths.some((path) => existsSync(path));
    return kept && Date.now() >= EARLIEST_PLAUSIBLE_MS ? 'rtc' : 'none';
  }
}

function readBootId(): string {
  try {
    const text = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    return text.replaceAll('-', '').trim().slice(0, 16);
  } catch {
    return '0'.repeat(16);
  }
}
