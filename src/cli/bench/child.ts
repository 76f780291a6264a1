import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { VestibuleError } from '../../domain/errors.js';
import { processCpuMs } from './measure.js';

const program = fileURLToPath(new URL('../vestibule.js', import.meta.url));

/** What a finished program said. */
interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function finish(child: ChildProcess): Promise<Said> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    out += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    err = `${err}${chunk.toString()}`.slice(-4000);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

/** Runs a program to its end. Throws `input_invalid` with its last words when it fails. */
export async function run(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const { code, out, err } = await finish(child).catch((cause: unknown) => {
    throw new VestibuleError('input_invalid', `${command} could not be started. Is it installed?`, { cause });
  });
  if (code !== 0)
    throw new VestibuleError('input_invalid', `${command} failed: ${err.trim().split('\n').slice(-3).join(' ')}`);
  return out;
}

/** Runs another command of this program. */
export function vestibule(args: readonly string[]): Promise<string> {
  return run(process.execPath, [program, ...args]);
}

/** Starts another command of this program and lets it run; its output is dropped. */
export function startVestibule(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [program, ...args], { stdio: 'ignore' });
}

/** Runs a measuring module of this folder in a process of its own and returns the JSON of its last line. */
export async function measureIn<T>(module: string, args: readonly (string | number)[]): Promise<T> {
  const file = fileURLToPath(new URL(module, import.meta.url));
  const out = await run(process.execPath, [file, ...args.map(String)]);
  return JSON.parse(out.trim().split('\n').at(-1) ?? '') as T;
}

/** A measuring module that answers messages one after the other. */
export class AskedProcess {
  readonly #child: ChildProcess;

  constructor(module: string, args: readonly string[]) {
    this.#child = fork(fileURLToPath(new URL(module, import.meta.url)), args, {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Sends one word and waits for the answer. Throws when the process ends instead. */
  async ask<T>(word: string): Promise<T> {
    const gone = new AbortController();
    const onExit = (): void => gone.abort(new Error('The measured process ended.'));
    this.#child.once('exit', onExit);
    try {
      const answer = once(this.#child, 'message', { signal: gone.signal });
      this.#child.send(word);
      const [message] = (await answer) as [T];
      return message;
    } finally {
      this.#child.off('exit', onExit);
    }
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }
}

/** Resident memory of a process in MB (10⁶ bytes); NaN when it is gone. */
export function rssMb(pid: number): number {
  try {
    const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return (Number(kib) * 1024) / 1e6;
  } catch {
    return Number.NaN;
  }
}

/** CPU milliseconds a process has used so far; NaN when it is gone. */
export function cpuMsOf(pid: number): number {
  try {
    return processCpuMs(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? Number.NaN;
  } catch {
    return Number.NaN;
  }
}
