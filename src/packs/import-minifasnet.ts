import type { SourceFile } from './faceapi-weights.js';
import { type OnnxConstant, type OnnxGraph, type OnnxNode, readOnnx, unsupportedOnnx } from './onnx-reader.js';
import { OnnxWriter } from './onnx-writer.js';

/**
 * ONNX Runtime keeps depthwise convolutions in its fast blocked layout only where the channels fill whole blocks: 8 with
 * AVX2, 16 with AVX-512.
 */
const BLOCK = 16;
const INPUT_DIMS = [1, 3, 80, 80] as const;
const OUTPUT_DIMS = [1, 3] as const;
/** What has no weights, or none that depend on the layout, and is taken over as it is. */
const PLAIN = ['Add', 'Mul', 'Relu', 'Sigmoid', 'GlobalAveragePool', 'Flatten', 'MatMul', 'BatchNormalization'];

/** A value of the new graph: its name and how it differs from that of the published one. */
interface Value {
  readonly name: string;
  /** Channels of the published value, and those of this one: the others are 0 everywhere. */
  readonly channels: number;
  readonly padded: number;
  /** The values are those of the published network times −1. */
  readonly negated: boolean;
}

/**
 * Writes a published MiniFASNet anew: the same function in less than half the time (docs/networks.md 3). ONNX Runtime has
 * a blocked layout for convolutions, sums and ReLU, but none for PRelu, so every PRelu takes the data out of it. With y the
 * negated output of the convolution before, −PRelu(x) = y + (slope − 1) · ReLU(y), all of which is blocked; the sign goes into the
 * weights of the convolutions before and after, where it costs nothing and rounds nothing. Channels around a PRelu
 * are filled up with zeros to whole blocks. Throws `pack_file_invalid` and `pack_unsupported`.
 */
export function importMinifasnet(file: SourceFile): Uint8Array {
  return new Rewriter(file).write();
}

class Rewriter {
  readonly #file: SourceFile;
  readonly #graph: OnnxGraph;
  readonly #writer = new OnnxWriter('minifasnet');
  readonly #values = new Map<string, Value>();

  constructor(file: SourceFile) {
    this.#file = file;
    this.#graph = readOnnx(file);
  }

  write(): Uint8Array {
    const { inputs, outputs, nodes } = this.#graph;
    if (inputs.length !== 1 || outputs.length !== 1)
      throw unsupportedOnnx(this.#file, `expected 1 input and 1 output, found ${inputs.length} and ${outputs.length}`);
    const [, channels] = INPUT_DIMS;
    this.#values.set(inputs[0]!, { name: inputs[0]!, channels, padded: channels, negated: false });
    for (const node of nodes) this.#values.set(node.outputs[0]!, this.#rewritten(node));
    const output = this.#as(outputs[0]!, 'output');
    return this.#writer.finish({ name: inputs[0]!, dims: INPUT_DIMS }, { name: output.name, dims: OUTPUT_DIMS });
  }

  #rewritten(node: OnnxNode): Value {
    if (node.op === 'Conv') return this.#convolution(node);
    if (node.op === 'PRelu') return this.#prelu(node);
    if (PLAIN.includes(node.op)) return this.#plain(node);
    throw unsupportedOnnx(this.#file, `the operator ${node.op} is not known`);
  }

  /** Negated where a PRelu follows; whole blocks of channels there, and where the input has them and each goes by itself. */
  #convolution(node: OnnxNode): Value {
    const input = this.#value(node.inputs[0]!);
    const weights = this.#constant(node.inputs[1]!);
    const bias = this.#constant(node.inputs[2]!);
    const [outputs = 0, inputs = 0, height = 0, width = 0] = weights.dims;
    const area = height * width;
    const group = node.attributes.get('group') ?? 1;
    const depthwise = group !== 1;
    if (depthwise ? group !== input.channels || outputs !== group || inputs !== 1 : inputs !== input.channels)
      throw unsupportedOnnx(this.#file, `the channels of ${node.outputs[0]} do not fit`);

    const readers = this.#graph.nodes.filter((other) => other.inputs.includes(node.outputs[0]!));
    const negated = readers.length === 1 && readers[0]!.op === 'PRelu';
    const whole = negated ? Math.ceil(outputs / BLOCK) * BLOCK : outputs;
    const padded = depthwise ? input.padded : whole;
    const deep = depthwise ? 1 : input.padded;
    const filled = new Float32Array(padded * deep * area);
    const sign = negated === input.negated ? 1 : -1;
    for (let o = 0; o < outputs; o++)
      for (let i = 0; i < inputs * area; i++) filled[o * deep * area + i] = sign * weights.data[o * inputs * area + i]!;
    const filledBias = new Float32Array(padded);
    for (let o = 0; o < outputs; o++) filledBias[o] = (negated ? -1 : 1) * bias.data[o]!;

    const name = this.#writer.node(
      'Conv',
      [
        input.name,
        this.#writer.constant(filled, [padded, deep, height, width]),
        this.#writer.constant(filledBias, [padded]),
      ],
      {
        kernel_shape: [height, width],
        strides: this.#pair(node, 'strides', 2),
        pads: this.#pair(node, 'pads', 4),
        group: depthwise ? padded : 1,
      },
    );
    return { name, channels: outputs, padded, negated };
  }

  /** −PRelu(x) = y + (slope − 1) · ReLU(y) for y = −x; the product per channel becomes a blocked convolution when loaded. */
  #prelu(node: OnnxNode): Value {
    const input = this.#value(node.inputs[0]!);
    const slopes = this.#constant(node.inputs[1]!).data;
    if (!input.negated || slopes.length !== input.channels)
      throw unsupportedOnnx(this.#file, `${node.outputs[0]} does not follow a convolution of as many channels`);
    const factors = Float32Array.from({ length: input.padded }, (_, c) => (c < slopes.length ? slopes[c]! - 1 : 0));
    const positive = this.#writer.node('Relu', [input.name]);
    const scaled = this.#writer.node('Mul', [positive, this.#writer.constant(factors, [input.padded, 1, 1])]);
    return { ...input, name: this.#writer.node('Add', [input.name, scaled]) };
  }

  #plain(node: OnnxNode): Value {
    const first = this.#as(node.inputs[0]!, node.op);
    const names = node.inputs.map((input) => {
      const constant = this.#graph.constants.get(input);
      return constant ? this.#writer.constant(constant.data, constant.dims) : this.#as(input, node.op).name;
    });
    const epsilon = node.attributes.get('epsilon');
    const axis = node.attributes.get('axis');
    return {
      ...first,
      name: this.#writer.node(node.op, names, {
        ...(typeof epsilon === 'number' ? { epsilon: { float: epsilon } } : {}),
        ...(typeof axis === 'number' ? { axis } : {}),
      }),
    };
  }

  #value(name: string): Value {
    const value = this.#values.get(name);
    if (value === undefined) throw unsupportedOnnx(this.#file, `${name} is read before it is made`);
    return value;
  }

  /** A value that equals the published one, for what cannot undo sign and padding. */
  #as(name: string, reader: string): Value {
    const value = this.#value(name);
    if (value.negated || value.padded !== value.channels)
      throw unsupportedOnnx(this.#file, `${reader} reads ${name}, which only a convolution can`);
    return value;
  }

  #constant(name: string): OnnxConstant {
    const constant = this.#graph.constants.get(name);
    if (constant === undefined) throw unsupportedOnnx(this.#file, `${name} is no weight`);
    return constant;
  }

  #pair(node: OnnxNode, attribute: string, length: number): readonly number[] {
    const value = node.attributes.get(attribute);
    if (Array.isArray(value) && value.length === length) return value;
    throw unsupportedOnnx(this.#file, `${attribute} of ${node.outputs[0]} is not stated`);
  }
}
