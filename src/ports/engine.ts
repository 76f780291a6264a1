/** A dense tensor, row-major. */
export interface Tensor {
  readonly data: Float32Array | Int32Array;
  readonly dims: readonly number[];
}

/** One loaded network. */
export interface Model {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Runs once; blocks the calling thread on some engines. Throws `engine_failed`. */
  run(inputs: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
  dispose(): Promise<void>;
}

/** One inference runtime. Contract suite: test/contracts/engine.ts */
export interface Engine {
  /** For example `onnxruntime-node 1.30.0`, `tfjs-wasm 4.22.0`, `tfjs-node 4.22.0`. */
  readonly name: string;
  /** Loads a model file. Throws `engine_failed` naming the file. */
  load(file: string): Promise<Model>;
}
