import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectSocket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Debian puts mosquitto into /usr/sbin, which is not on every PATH. */
const PROGRAM = ['mosquitto', '/usr/sbin/mosquitto'].find(
  (program) => spawnSync(program, ['-h'], { stdio: 'ignore' }).error === undefined,
);

/** False where mosquitto is not installed: tests that need it then skip and say so. */
export const MOSQUITTO_INSTALLED = PROGRAM !== undefined;

export interface MosquittoOptions {
  /** Lines of the configuration after `listener`; `{dir}` stands for the broker's directory. Default: anonymous access. */
  readonly config?: readonly string[];
  /** Files written into the broker's directory. */
  readonly files?: Readonly<Record<string, string>>;
  /** Keep messages and sessions on the disk over a restart. */
  readonly persistence?: boolean;
}

/** One real mosquitto on a free port of the loopback address. */
export class Mosquitto {
  readonly port: number;
  readonly directory: string;
  #process: ChildProcess | undefined;
  #log = '';

  constructor(port: number, directory: string) {
    this.port = port;
    this.directory = directory;
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`;
  }

  /** What the broker wrote to its log. */
  get log(): string {
    return this.#log;
  }

  async start(): Promise<void> {
    if (PROGRAM === undefined) throw new Error('mosquitto is not installed');
    const child = spawn(PROGRAM, ['-c', join(this.directory, 'mosquitto.conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process = child;
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#log += chunk.toString('utf8');
    });
    for (let i = 0; i < 200; i++) {
      if (child.exitCode !== null) throw new Error(`mosquitto ended: ${this.#log}`);
      if (await accepts(this.port)) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`mosquitto does not listen: ${this.#log}`);
  }

  /** Ends the process at once (SIGKILL) or politely and waits for its end. */
  async end(signal: 'SIGKILL' | 'SIGTERM' = 'SIGTERM'): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }

  /** Reads the configuration and the access list again. */
  reload(): void {
    this.#process?.kill('SIGHUP');
  }

  /** Ends the broker and removes its directory. */
  async close(): Promise<void> {
    await this.end();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Starts a broker; call `close()` afterwards. */
export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const directory = mkdtempSync(join(tmpdir(), 'vestibule-mosquitto-'));
  const port = await freePort();
  for (const [name, text] of Object.entries(options.files ?? {}))
    writeFileSync(join(directory, name), text, { mode: 0o600 });
  const lines = [
    'user root',
    'autosave_on_changes true',
    'autosave_interval 1',
    ...(options.persistence ? ['persistence true', `persistence_location ${directory}/`] : []),
    `listener ${port} 127.0.0.1`,
    ...(options.config ?? ['allow_anonymous true']).map((line) => line.replaceAll('{dir}', directory)),
  ];
  writeFileSync(join(directory, 'mosquitto.conf'), `${lines.join('\n')}\n`);
  const broker = new Mosquitto(port, directory);
  await broker.start();
  return broker;
}

/** A port that nobody listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectSocket(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
