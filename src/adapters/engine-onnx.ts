import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { toError, VestibuleError } from '../domain/errors.js';
import type { Engine, Model, Tensor } from '../ports/engine.js';

type Ort = typeof import('onnxruntime-node');

/**
 * One thread: two were slower on two cores, and more parallelism means more processes. Measured on two x86 cores.
 * Severity 3 (errors): every fault reaches the caller as a value, a warning on stderr helps nobody.
 */
const SESSION_OPTIONS: InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  logSeverityLevel: 3,
};

/** ONNX Runtime on the CPU. `run` blocks the calling thread: use it in a worker of the vision process only. */
export class EngineOnnx implements Engine {
  readonly name: string;
  private readonly ort: Ort;

  private constructor(ort: Ort) {
    this.ort = ort;
    this.name = `onnxruntime-node ${ort.env.versions.node ?? ort.env.versions.common}`;
  }

  /** Loads the runtime. Throws `engine_missing` when the package or its native part is absent. */
  static async load(): Promise<EngineOnnx> {
    try {
      const module = (await import('onnxruntime-node')) as Ort & { default?: Ort };
      return new EngineOnnx(module.default ?? module);
    } catch (thrown) {
      throw new VestibuleError('engine_missing', 'onnxruntime-node could not be loaded', { cause: toError(thrown) });
    }
  }

  async load(file: string): Promise<Model> {
    try {
      const session = await this.ort.InferenceSession.create(file, SESSION_OPTIONS);
      return new OnnxModel(this.ort, session, file);
    } catch (thrown) {
      throw engineFailed(`The model ${file} could not be loaded`, file, thrown);
    }
  }
}

class OnnxModel implements Model {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  private readonly ort: Ort;
  private readonly session: InferenceSession;
  private readonly file: string;

  constructor(ort: Ort, session: InferenceSession, file: string) {
    this.ort = ort;
    this.session = session;
    this.file = file;
    this.inputs = session.inputNames;
    this.outputs = session.outputNames;
  }

  async run(inputs: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>> {
    try {
      const feeds: Record<string, OrtTensor> = {};
      for (const name of this.inputs) {
        const input = inputs[name];
        if (input === undefined) throw new Error(`the input ${name} is missing`);
        const dims = input.dims as number[];
        feeds[name] =
          input.data instanceof Float32Array
            ? new this.ort.Tensor('float32', input.data, dims)
            : new this.ort.Tensor('int32', input.data, dims);
      }
      const results = await this.session.run(feeds);
      const outputs: Record<string, Tensor> = {};
      for (const name of this.outputs) {
        const { data, dims } = results[name]!;
        if (!(data instanceof Float32Array) && !(data instanceof Int32Array))
          throw new Error(`the output ${name} is neither float32 nor int32`);
        outputs[name] = { data, dims };
      }
      return outputs;
    } catch (thrown) {
      throw engineFailed(`The model ${this.file} failed`, this.file, thrown);
    }
  }

  async dispose(): Promise<void> {
    await this.session.release();
  }
}

function engineFailed(message: string, file: string, thrown: unknown): VestibuleError {
  const cause = toError(thrown);
  return new VestibuleError('engine_failed', `${message}: ${cause.message}`, { cause, context: { file } });
}
