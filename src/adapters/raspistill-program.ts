import { type ChildProcess, spawn } from 'node:child_process';

/** The executor that node-raspistill's constructor takes. */
export interface RaspistillExecutor {
  exec(args: string[]): Promise<Buffer>;
  spawnAndGetImage(args: string[]): Promise<Buffer>;
  spawnAndGetImages(args: string[], each: (image: Buffer) => unknown): Promise<void>;
  killProcess(): void;
}

/** Options that node-raspistill emits here, in the words of `rpicam-still`. */
const RPICAM_WORDS: Readonly<Record<string, string>> = {
  '-e': '--encoding',
  '-w': '--width',
  '-h': '--height',
  '-t': '--timeout',
  '-o': '--output',
};

/**
 * Runs `raspistill`, or `rpicam-still` where only that exists. The package's own executor never settles when the program
 * is missing, ignores the exit code, takes any text on stderr for a failure and returns before all output was read.
 */
export class RaspistillProgram implements RaspistillExecutor {
  readonly #command: string;
  #child: ChildProcess | undefined;

  /** @param command program name or path; a name that ends in `rpicam-still` gets that program's option names */
  constructor(command: string) {
    this.#command = command;
  }

  spawnAndGetImage(args: string[]): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.#command, this.#words(args), { stdio: ['ignore', 'pipe', 'pipe'] });
      this.#child = child;
      const output: Buffer[] = [];
      let words = '';
      child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => {
        words = (words + chunk.toString('utf8')).slice(-500);
      });
      child.once('error', reject);
      child.once('close', (code, signal) => {
        if (code === 0) return resolve(Buffer.concat(output));
        const last = words.trimEnd().split('\n').at(-1) ?? '';
        reject(new Error(`${this.#command} ended ${code === null ? `by ${signal}` : `with code ${code}`}: ${last}`));
      });
    });
  }

  exec(args: string[]): Promise<Buffer> {
    return this.spawnAndGetImage(args);
  }

  async spawnAndGetImages(args: string[], each: (image: Buffer) => unknown): Promise<void> {
    each(await this.spawnAndGetImage(args));
  }

  killProcess(): void {
    // Without a process id the signal would go to the own process group.
    if (this.#child?.pid !== undefined) this.#child.kill('SIGKILL');
  }

  #words(args: readonly string[]): string[] {
    if (!/rpicam-still$/.test(this.#command)) return [...args];
    const words = ['--immediate'];
    for (let i = 0; i < args.length; i++) {
      const arg = args[i]!;
      if (arg === '-n') words.push('--nopreview');
      else if (RPICAM_WORDS[arg] !== undefined) words.push(RPICAM_WORDS[arg], args[++i] ?? '');
      else throw new Error(`raspistill option ${arg} has no counterpart in rpicam-still`);
    }
    return words;
  }
}
