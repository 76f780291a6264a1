import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');
const program = resolve(projectRoot, 'dist', 'cli', 'vestibule.js');

/** Runs one command of the built command line to its end. */
export async function vestibule(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args], {
    cwd: projectRoot,
    env: { ...process.env, ...env },
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}

/** Every model pack, as the set-up of a kiosk leaves them in its state directory. */
export async function pullEveryPack(state: string): Promise<void> {
  await vestibule(['models', 'pull', 'core', '--state', state]);
  await vestibule(['models', 'pull', 'motion', '--state', state]);
  await vestibule(['models', 'pull', 'open', '--state', state], { VESTIBULE_MODELS_MIRROR: '../shared/models' });
}

/** The built daemon in a process of its own. */
export class Daemon {
  readonly #configFile: string;
  readonly #env: NodeJS.ProcessEnv;
  #process: ChildProcess | undefined;
  #output = '';

  /** @param env beside the variables of the test itself */
  constructor(configFile: string, env: NodeJS.ProcessEnv = {}) {
    this.#configFile = configFile;
    this.#env = env;
  }

  /** Everything it wrote, over all starts. */
  get output(): string {
    return this.#output;
  }

  get pid(): number {
    const pid = this.#process?.pid;
    if (pid === undefined) throw new Error('the daemon does not run');
    return pid;
  }

  /** Starts it and waits until the page answers at the given address. */
  async start(url: string): Promise<void> {
    const child = spawn(process.execPath, [program, 'start', '--config', this.#configFile], {
      cwd: projectRoot,
      env: { ...process.env, ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process = child;
    const keep = (chunk: Buffer): void => {
      this.#output += chunk.toString('utf8');
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`the daemon ended with ${child.exitCode}:\n${this.#output}`);
      return (await fetch(`${url}/healthz`).catch(() => undefined))?.ok === true;
    }, 20_000);
  }

  /** Process id of the vision process. */
  visionPid(): number | undefined {
    for (const name of readdirSync('/proc')) {
      if (!/^\d+$/.test(name)) continue;
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        if (parent === this.pid && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('vision'))
          return Number(name);
      } catch {
        // The process ended while it was looked at.
      }
    }
    return undefined;
  }

  /** Ends it and waits for the end. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | null> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
    child.kill(signal);
    return ended;
  }
}

/** Waits until the condition holds; throws after `timeoutMs`. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  what = 'the condition',
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`${what} did not come true within ${timeoutMs} ms`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
