import { type ChildProcess, fork } from 'node:child_process';
import type { Clock } from '../ports/clock.js';
import type { FromChild, ToChild } from './protocol.js';
import { isSoundMessage } from './sound-message.js';

/** Silence for this long means that the process hangs. */
const SILENT_MS = 5000;
/** A cold start on a slow card loads OpenCV in one go. */
const FIRST_WORD_MS = 30_000;
const FIRST_RESTART_MS = 500;
const LONGEST_RESTART_MS = 30_000;
const HEALTHY_MS = 60_000;
const CHECK_MS = 500;
const STOP_MS = 5000;
const LAST_WORDS_MS = 1000;

export type ChildLog = (
  level: 'debug' | 'info' | 'warn' | 'error',
  message: string,
  fields?: Readonly<Record<string, string | number>>,
) => void;

export interface SupervisorParts {
  readonly clock: Pick<Clock, 'mono' | 'after'>;
  readonly childFile: URL | string;
  readonly log: ChildLog;
  /** A new process runs and may be told things. */
  readonly onStarted: () => void;
  readonly onMessage: (message: FromChild) => void;
  /** The process is gone; another one starts after a delay. */
  readonly onDown: (reason: string) => void;
}

/**
 * Keeps the vision process alive: forks it, ends it when its heartbeat is missing for 5 s, starts it again with growing
 * delays (0.5 s to 30 s, from the beginning after a minute of health).
 */
export class Supervisor {
  readonly #parts: SupervisorParts;
  #child: ChildProcess | undefined;
  #heardAt = 0;
  #heardOnce = false;
  #forkedAt = 0;
  #delayMs = FIRST_RESTART_MS;
  #slow = false;
  #saidNonsense = false;
  #reason: string | undefined;
  #cancelCheck: () => void = () => undefined;
  #cancelRestart: () => void = () => undefined;
  #stopping = false;
  #restarts = 0;

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
  }

  /** Restarts since start. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Process id while one runs. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  start(): void {
    if (this.#child !== undefined || this.#stopping) return;
    this.#fork();
  }

  /** The process said that it cannot work: the next start comes after the longest delay. */
  restartSlowly(): void {
    this.#slow = true;
  }

  /** Sends a message; false when there is nobody to hear it. */
  send(message: ToChild, sent?: () => void): boolean {
    const child = this.#child;
    if (child === undefined || !child.connected) return false;
    child.send(message, undefined, undefined, () => sent?.());
    return true;
  }

  /** Tells the process to stop, ends it by force after 5 s. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#cancelRestart();
    this.#cancelCheck();
    const child = this.#child;
    if (child === undefined) return;
    if (child.exitCode !== null || child.signalCode !== null) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#parts.clock.after(STOP_MS, () => child.kill('SIGKILL'));
      child.once('exit', () => {
        cancel();
        resolve();
      });
      // One that could not be started never exits.
      child.once('error', () => {
        if (child.pid !== undefined) return;
        cancel();
        resolve();
      });
      this.send({ t: 'stop' });
    });
  }

  #fork(): void {
    const { clock, childFile } = this.#parts;
    this.#heardAt = clock.mono();
    this.#forkedAt = this.#heardAt;
    this.#heardOnce = false;
    this.#slow = false;
    this.#saidNonsense = false;
    this.#reason = undefined;
    const child = fork(childFile, [], {
      serialization: 'advanced',
      execArgv: ['--enable-source-maps'],
      // Two arenas of glibc's allocator instead of eight a core: 40 MB less after some hundred pictures.
      env: { ...process.env, MALLOC_ARENA_MAX: '2' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child = child;
    child.on('message', (message) => {
      if (this.#child !== child) return;
      if (!isSoundMessage(message)) {
        this.#nonsense();
        return;
      }
      const { t } = message;
      // Frames and previews go on while the engine hangs: only the heartbeat says that the work is done.
      if (t === 'heartbeat' || t === 'ready') {
        this.#heardAt = clock.mono();
        this.#heardOnce = true;
      }
      this.#parts.onMessage(message);
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#output(text));
    }
    child.once('error', (error) => {
      this.#reason ??= `The vision process could not be started: ${error.message}`;
      if (child.pid === undefined) this.#gone(child, this.#reason);
    });
    child.once('exit', (code, signal) => {
      const how = code === null ? `by ${signal}` : `with code ${code}`;
      const gone = (): void => this.#gone(child, this.#reason ?? `The vision process ended ${how}.`);
      // Last words may still lie in the channel; 'close' comes after them, unless a program it started holds its output.
      child.once('close', gone);
      clock.after(LAST_WORDS_MS, gone);
    });
    this.#cancelCheck();
    this.#check();
    this.#parts.onStarted();
  }

  #check(): void {
    const { clock } = this.#parts;
    this.#cancelCheck = clock.after(CHECK_MS, () => {
      const limitMs = this.#heardOnce ? SILENT_MS : FIRST_WORD_MS;
      if (clock.mono() - this.#heardAt > limitMs) {
        this.#reason ??= `The vision process did not answer for ${limitMs / 1000} s and was ended.`;
        this.#child?.kill('SIGKILL');
      }
      this.#check();
    });
  }

  #gone(child: ChildProcess, reason: string): void {
    if (this.#child !== child) return;
    this.#child = undefined;
    this.#cancelCheck();
    if (this.#stopping) return;
    const { clock } = this.#parts;
    if (clock.mono() - this.#forkedAt >= HEALTHY_MS) this.#delayMs = FIRST_RESTART_MS;
    const delayMs = this.#slow ? LONGEST_RESTART_MS : this.#delayMs;
    this.#delayMs = Math.min(LONGEST_RESTART_MS, this.#delayMs * 2);
    this.#parts.onDown(reason);
    this.#cancelRestart = clock.after(delayMs, () => {
      this.#restarts += 1;
      this.#fork();
    });
  }

  /** Said once for each process: it may come with every frame. What it said may be anything, and is not repeated. */
  #nonsense(): void {
    if (this.#saidNonsense) return;
    this.#saidNonsense = true;
    this.#parts.log(
      'warn',
      'The vision process said nonsense, which is left out. Restart the kiosk; if it comes again, install it again.',
    );
  }

  /** Lines of OpenCV and FFmpeg; addresses in them may carry credentials. */
  #output(text: string): void {
    for (const line of text.split('\n')) {
      if (line.trim() === '') continue;
      this.#parts.log('debug', `vision: ${line.trim().replace(/\/\/[^/\s@]*@/g, '//')}`);
    }
  }
}
