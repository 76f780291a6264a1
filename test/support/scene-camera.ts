import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClipPerson, clipFile } from './clips.js';

const FPS = 15;
const SIZE = '480:640';

/** What ffmpeg reads, and what it does with it before it is fitted to the camera. */
export interface Scene {
  readonly input: readonly string[];
  readonly filter?: string;
}

/**
 * A network camera (MJPEG over HTTP) that plays recorded people: the test says who stands before it. A person is played
 * forwards and backwards without end, so that nobody jumps; with nobody there the hall is empty.
 */
export class SceneCamera {
  readonly #scenes: ReadonlyMap<string, readonly Buffer[]>;
  readonly #streams = new Set<ServerResponse>();
  #scene: readonly Buffer[];
  /** Played once before the scene goes on. */
  #act: Iterator<Buffer> | undefined;
  #at = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=f' });
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
  });

  /** @param people who can stand there; further: other scenes by name */
  constructor(people: readonly ClipPerson[], further: Readonly<Record<string, Scene>> = {}) {
    const scenes = new Map<string, readonly Buffer[]>();
    for (const [name, { input, filter }] of Object.entries(further)) scenes.set(name, pictures(input, filter));
    for (const { name, clip, from, seconds } of people)
      scenes.set(name, pictures(['-ss', String(from), '-t', String(seconds), '-i', clipFile(clip)]));
    this.#scenes = scenes;
    this.#scene = pictures(['-f', 'lavfi', '-t', '0.2', '-i', `color=c=0x707880:size=${SIZE.replace(':', 'x')}`]);
    scenes.set('', this.#scene);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/video`;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.#timer = setInterval(() => {
      const jpeg = this.#next();
      const head = `--f\r\nContent-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\n\r\n`;
      for (const stream of this.#streams) stream.write(Buffer.concat([Buffer.from(head), jpeg, Buffer.from('\r\n')]));
    }, 1000 / FPS);
  }

  /** Who stands there from now on; nobody without a name. */
  show(name = ''): void {
    this.#scene = this.#called(name);
    this.#act = undefined;
    this.#at = 0;
  }

  /** Plays a scene once, forwards and backwards; then what was shown before begins anew. */
  act(name: string): void {
    this.#act = this.#called(name).values();
    this.#at = 0;
  }

  #called(name: string): readonly Buffer[] {
    const scene = this.#scenes.get(name);
    if (scene === undefined) throw new Error(`nobody called ${name} was recorded`);
    return scene;
  }

  #next(): Buffer {
    const acted = this.#act?.next();
    if (acted !== undefined && acted.done !== true) return acted.value;
    this.#act = undefined;
    return this.#scene[this.#at++ % this.#scene.length]!;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    for (const stream of this.#streams) stream.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

function pictures(input: readonly string[], filter?: string): readonly Buffer[] {
  const folder = mkdtempSync(join(tmpdir(), 'vestibule-scene-'));
  try {
    const fit = `scale=${SIZE}:force_original_aspect_ratio=increase,crop=${SIZE},fps=${FPS}`;
    const shown = filter === undefined ? fit : `${filter},${fit}`;
    execFileSync('ffmpeg', ['-v', 'error', ...input, '-vf', shown, '-q:v', '2', join(folder, '%04d.jpg')]);
    const forth = readdirSync(folder)
      .sort()
      .map((name) => readFileSync(join(folder, name)));
    return [...forth, ...forth.slice(1, -1).reverse()];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
