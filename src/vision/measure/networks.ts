import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { toError, VestibuleError } from '../../domain/errors.js';
import type { Engine, Model } from '../../ports/engine.js';
import type { MeasureNetworks } from '../../ports/vision.js';
import { FaceMeshNet } from '../inference/face-mesh.js';
import { MoveNet } from '../inference/movenet.js';
import { checkFile, readInstalled } from '../inference/pack-files.js';
import { PassivePair } from '../inference/passive-pair.js';

export type MeasureNetwork = keyof MeasureNetworks;

/** Where each network lies: its pack, the files that an engine loads and those that they name. */
const FILES = {
  passive: { pack: 'open', load: ['minifasnet-v2-blocked.onnx', 'minifasnet-v1se-blocked.onnx'], beside: [] },
  mesh: { pack: 'motion', load: ['facemesh.json'], beside: ['facemesh.bin'] },
  body: { pack: 'motion', load: ['movenet-lightning.json'], beside: ['movenet-lightning.bin'] },
} as const satisfies Record<MeasureNetwork, object>;

const NETWORKS = Object.keys(FILES) as readonly MeasureNetwork[];

interface Loaded {
  readonly passive: PassivePair;
  readonly mesh: FaceMeshNet;
  readonly body: MoveNet;
}

export interface MeasureNetworkParts {
  readonly modelsDirectory: string;
  /** Called when the first network that needs the engine is wanted, then never again. */
  readonly onnx: () => Promise<Engine>;
  readonly tfjs: () => Promise<Engine>;
  /** A network is installed but cannot be used; called once for each. It is absent from then on. */
  readonly onFault: (network: MeasureNetwork, fault: VestibuleError) => void;
}

/**
 * The networks that measure liveness (docs/liveness.md). None is loaded before it is wanted: the engine of mesh and body
 * costs about 90 MB and half a second, and most kiosks only recognise faces. Every file is hashed before an engine sees
 * it. A network that is missing or cannot be loaded is absent; that is remembered until the process starts again.
 */
export class MeasureNetworkLoader {
  readonly #parts: MeasureNetworkParts;
  readonly #loading: { [N in MeasureNetwork]?: Promise<Loaded[N] | undefined> } = {};
  readonly #engines: { onnx?: Promise<Engine>; tfjs?: Promise<Engine> } = {};
  readonly #failed = new Set<MeasureNetwork>();
  #available: Promise<MeasureNetworks> | undefined;

  constructor(parts: MeasureNetworkParts) {
    this.#parts = parts;
  }

  /** The networks whose files are installed and whole and that have not failed, each with the hash of its files. */
  async available(): Promise<MeasureNetworks> {
    this.#available ??= this.#check();
    const all = await this.#available;
    return Object.fromEntries(Object.entries(all).filter(([name]) => !this.#failed.has(name as MeasureNetwork)));
  }

  /** The pair of the passive gate; undefined where it is absent. Loaded at the first call. */
  passive(): Promise<PassivePair | undefined> {
    this.#loading.passive ??= this.#load('passive', (v2, v1se) => new PassivePair(v2!, v1se!));
    return this.#loading.passive;
  }

  /** The face mesh; undefined where it is absent. Loaded at the first call. */
  mesh(): Promise<FaceMeshNet | undefined> {
    this.#loading.mesh ??= this.#load('mesh', (model) => new FaceMeshNet(model!));
    return this.#loading.mesh;
  }

  /** Points of the body; undefined where they are absent. Loaded at the first call. */
  body(): Promise<MoveNet | undefined> {
    this.#loading.body ??= this.#load('body', (model) => new MoveNet(model!));
    return this.#loading.body;
  }

  /** Gives up every network that was loaded; a load under way is waited for. */
  async dispose(): Promise<void> {
    for (const network of NETWORKS) await (await this.#loading[network])?.dispose();
  }

  async #check(): Promise<MeasureNetworks> {
    const found: { [N in MeasureNetwork]?: string } = {};
    for (const network of NETWORKS) {
      try {
        found[network] = await this.#hash(network);
      } catch (thrown) {
        const fault = faultOf(thrown);
        // A pack that is not installed is no fault, a file that is gone from an installed one is.
        if (fault.context.pack === undefined) this.#fail(network, fault);
      }
    }
    return found;
  }

  async #hash(network: MeasureNetwork): Promise<string> {
    const { pack, load, beside } = FILES[network];
    const folder = join(this.#parts.modelsDirectory, pack);
    const installed = await readInstalled(folder, pack);
    const hash = createHash('sha256');
    for (const name of [...load, ...beside]) hash.update(`${name}:${await checkFile(folder, installed, name)}\n`);
    return `sha256:${hash.digest('hex')}`;
  }

  async #load<N extends MeasureNetwork>(
    network: N,
    make: (...models: (Model | undefined)[]) => Loaded[N],
  ): Promise<Loaded[N] | undefined> {
    const expected = (await this.available())[network];
    if (expected === undefined) return undefined;
    const { pack, load } = FILES[network];
    const models: Model[] = [];
    try {
      // Hashed again: minutes or days may lie between the start and the first wish.
      if ((await this.#hash(network)) !== expected)
        throw new VestibuleError('pack_file_invalid', `The files of ${load[0]} were changed while the kiosk ran`);
      const engine = await this.#engine(network === 'passive' ? 'onnx' : 'tfjs');
      for (const name of load) models.push(await engine.load(join(this.#parts.modelsDirectory, pack, name)));
      return make(...models);
    } catch (thrown) {
      for (const model of models) await model.dispose().catch(() => undefined);
      this.#fail(network, faultOf(thrown));
      return undefined;
    }
  }

  #engine(kind: 'onnx' | 'tfjs'): Promise<Engine> {
    const engine = this.#engines[kind] ?? this.#parts[kind]();
    this.#engines[kind] = engine;
    return engine;
  }

  #fail(network: MeasureNetwork, fault: VestibuleError): void {
    this.#failed.add(network);
    this.#parts.onFault(network, fault);
  }
}

function faultOf(thrown: unknown): VestibuleError {
  if (thrown instanceof VestibuleError) return thrown;
  return new VestibuleError('engine_failed', toError(thrown).message, { cause: toError(thrown) });
}
