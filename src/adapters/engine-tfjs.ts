import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import type { Tensor as TfTensor } from '@tensorflow/tfjs-core';
import { toError, VestibuleError } from '../domain/errors.js';
import type { Engine, Model, Tensor } from '../ports/engine.js';

type Core = typeof import('@tensorflow/tfjs-core');
type Converter = typeof import('@tensorflow/tfjs-converter');

interface WeightsManifest {
  readonly modelTopology: object;
  readonly format?: string;
  readonly signature?: object;
  readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: readonly object[] }[];
}

const require = createRequire(import.meta.url);

/**
 * TensorFlow.js for graph models (`model.json` with its .bin beside it): native where `@tensorflow/tfjs-node` works,
 * WebAssembly otherwise (one thread in Node, fixed by the library).
 */
export class EngineTfjs implements Engine {
  readonly name: string;
  private readonly core: Core;
  private readonly converter: Pick<Converter, 'loadGraphModel'>;

  private constructor(name: string, core: Core, converter: Pick<Converter, 'loadGraphModel'>) {
    this.name = name;
    this.core = core;
    this.converter = converter;
  }

  /** The native backend if it can be loaded, else WebAssembly. Throws `engine_missing` when neither works. */
  static async load(): Promise<EngineTfjs> {
    return (await EngineTfjs.native()) ?? (await EngineTfjs.wasm());
  }

  /** Undefined where the native package is absent or half built: packages like this throw anything, even strings. */
  static async native(): Promise<EngineTfjs | undefined> {
    try {
      const name: string = '@tensorflow/tfjs-node';
      const module = (await import(name)) as { default?: unknown };
      const tf = (module.default ?? module) as Core & Converter & { version: Record<string, string> };
      await tf.ready();
      return new EngineTfjs(`tfjs-node ${tf.version['tfjs-core'] ?? ''}`.trim(), tf, tf);
    } catch {
      return undefined;
    }
  }

  /** The WebAssembly backend. Throws `engine_missing`. */
  static async wasm(): Promise<EngineTfjs> {
    try {
      const core = await import('@tensorflow/tfjs-core');
      const converter = await import('@tensorflow/tfjs-converter');
      const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
      const folder = dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json'));
      setWasmPaths(`${join(folder, 'dist')}/`);
      if (!(await core.setBackend('wasm'))) throw new Error('the backend wasm refused to start');
      await core.ready();
      return new EngineTfjs(`tfjs-wasm ${core.version_core}`, core, converter);
    } catch (thrown) {
      throw new VestibuleError('engine_missing', 'No backend of TensorFlow.js could be loaded', {
        cause: toError(thrown),
      });
    }
  }

  /** Tensors alive in this engine; constant between runs. */
  get tensorCount(): number {
    return this.core.memory().numTensors;
  }

  async load(file: string): Promise<Model> {
    try {
      const artifacts = await readArtifacts(file);
      const model = await this.converter.loadGraphModel({ load: async () => artifacts as never });
      return new TfjsModel(this.core, model, file);
    } catch (thrown) {
      throw engineFailed(`The model ${file} could not be loaded`, file, thrown);
    }
  }
}

class TfjsModel implements Model {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  private readonly core: Core;
  private readonly model: GraphModel;
  private readonly file: string;

  constructor(core: Core, model: GraphModel, file: string) {
    this.core = core;
    this.model = model;
    this.file = file;
    this.inputs = model.inputs.map((input) => input.name);
    this.outputs = model.outputs.map((output) => output.name);
  }

  async run(inputs: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>> {
    const alive: TfTensor[] = [];
    try {
      const feeds: Record<string, TfTensor> = {};
      for (const name of this.inputs) {
        const input = inputs[name];
        if (input === undefined) throw new Error(`the input ${name} is missing`);
        const type = input.data instanceof Int32Array ? 'int32' : 'float32';
        const tensor = this.core.tensor(input.data, [...input.dims], type);
        alive.push(tensor);
        feeds[name] = tensor;
      }
      const result = this.core.tidy(() => this.model.execute(feeds, [...this.outputs]));
      const tensors = Array.isArray(result) ? result : [result];
      alive.push(...tensors);
      const outputs: Record<string, Tensor> = {};
      for (const [i, tensor] of tensors.entries()) {
        const data = await tensor.data();
        if (!(data instanceof Float32Array) && !(data instanceof Int32Array))
          throw new Error(`the output ${this.outputs[i]} is neither float32 nor int32`);
        outputs[this.outputs[i]!] = { data: data.slice(), dims: tensor.shape };
      }
      return outputs;
    } catch (thrown) {
      throw engineFailed(`The model ${this.file} failed`, this.file, thrown);
    } finally {
      this.core.dispose(alive);
    }
  }

  async dispose(): Promise<void> {
    this.model.dispose();
  }
}

/** Reads topology and weights without the library's loaders: they fetch, and Node's fetch refuses file: addresses. */
async function readArtifacts(file: string): Promise<object> {
  const { modelTopology, weightsManifest, format, signature } = JSON.parse(
    await readFile(file, 'utf8'),
  ) as WeightsManifest;
  const paths = weightsManifest.flatMap((group) => group.paths);
  const parts = await Promise.all(paths.map((path) => readFile(join(dirname(file), path))));
  const joined = Buffer.concat(parts);
  return {
    modelTopology,
    weightSpecs: weightsManifest.flatMap((group) => group.weights),
    weightData: joined.buffer.slice(joined.byteOffset, joined.byteOffset + joined.byteLength),
    format,
    signature,
  };
}

function engineFailed(message: string, file: string, thrown: unknown): VestibuleError {
  const cause = toError(thrown);
  return new VestibuleError('engine_failed', `${message}: ${cause.message}`, { cause, context: { file } });
}
