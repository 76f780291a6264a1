import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measureIn, vestibule } from './child.js';
import { makeScenes, type Scenes } from './scenes.js';

/** Where a bench works: a temporary folder, the installed packs, the pictures that are looked at. */
export class Workplace {
  readonly folder: string;
  readonly models: string;
  /** Installed packs, the best one first. */
  readonly packs: readonly string[];
  readonly runs: number;
  readonly #clips: string | undefined;
  #scenes: Promise<Scenes> | undefined;
  #frame: Promise<{ readonly opencv: string; readonly engine: string }> | undefined;
  #states = 0;

  constructor(options: {
    readonly folder: string;
    readonly models: string;
    readonly packs: readonly string[];
    readonly runs: number;
    readonly clips: string | undefined;
  }) {
    this.folder = options.folder;
    this.models = options.models;
    this.packs = options.packs;
    this.runs = options.runs;
    this.#clips = options.clips;
  }

  /** Writes frame.bgr and frame.rgb, once. */
  frame(): Promise<{ readonly opencv: string; readonly engine: string }> {
    this.#frame ??= measureIn('./demo-frame.js', [this.folder]);
    return this.#frame;
  }

  scenes(): Promise<Scenes> {
    this.#scenes ??= makeScenes(this.folder, this.#clips);
    return this.#scenes;
  }

  /** A recording beside the checkout; undefined where it is not there. */
  clip(name: string): string | undefined {
    const file = this.#clips && join(this.#clips, name);
    return file !== undefined && existsSync(file) ? file : undefined;
  }

  /** A new state directory and the configuration of a kiosk in it; returns the configuration file. */
  configuration(pack: string, more: Readonly<Record<string, unknown>> = {}): string {
    this.#states += 1;
    const state = join(this.folder, `state-${this.#states}`);
    mkdirSync(state, { mode: 0o700 });
    symlinkSync(this.models, join(state, 'models'));
    const { vision, ...rest } = more;
    const file = join(this.folder, `vestibule-${this.#states}.json`);
    const text = {
      stateDirectory: state,
      zone: 'UTC',
      camera: { source: 'demo' },
      vision: { pack, ...(vision as object | undefined) },
      attendance: { duplicateIntervalSeconds: 0 },
      mqtt: { embeddedPort: 0 },
      http: { port: 0 },
      log: { level: 'error' },
      ...rest,
    };
    // JSON is YAML too.
    writeFileSync(file, JSON.stringify(text, null, 2));
    return file;
  }

  /** Configuration of a kiosk that looks at a video and knows the people of the visits. */
  async kioskAt(
    video: 'visits' | 'empty',
    pack: string,
    more: { readonly camera?: object; readonly vision?: object } & Readonly<Record<string, unknown>> = {},
  ): Promise<string> {
    const scenes = await this.scenes();
    const { camera, ...rest } = more;
    const file = this.configuration(pack, {
      ...rest,
      camera: { source: `file:${scenes[video]}`, ...scenes.size, ...camera },
    });
    await vestibule(['enrol', scenes.people, '--config', file]);
    return file;
  }
}
