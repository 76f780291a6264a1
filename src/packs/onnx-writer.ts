import protobuf from 'protobufjs/minimal.js';

/** Attribute of a node: integer, integers, string, or a float wrapped to tell it from an integer. */
export type OnnxAttribute = number | readonly number[] | string | { readonly float: number };

/** Input or output of a graph; a string is a dimension that is free (dim_param). */
export interface OnnxValue {
  readonly name: string;
  readonly dims: readonly (number | string)[];
}

const OPSET = 13;
const IR_VERSION = 7;
const FLOAT = 1;
const INT64 = 7;
const VARINT = 0;
const BYTES = 2;
const FIXED32 = 5;

const tag = (field: number, wire: number): number => (field << 3) | wire;

/**
 * Builds one ONNX graph node by node and writes it as protobuf. Deterministic: the same calls give the same bytes, so
 * that the hash of a built model identifies it. Field numbers are those of onnx.proto (IR version 7, opset 13).
 */
export class OnnxWriter {
  private readonly nodes: Uint8Array[] = [];
  private readonly initializers: Uint8Array[] = [];
  private valueCount = 0;
  private readonly graphName: string;

  constructor(graphName: string) {
    this.graphName = graphName;
  }

  /** Adds float32 weights and returns their name. `data.length` must be the product of `dims` (empty = scalar). */
  constant(data: Float32Array | readonly number[], dims: readonly number[]): string {
    const values = data instanceof Float32Array ? data : Float32Array.from(data);
    const raw = new Uint8Array(values.length * 4);
    const view = new DataView(raw.buffer);
    for (let i = 0; i < values.length; i++) view.setFloat32(i * 4, values[i]!, true);
    return this.initializer(raw, FLOAT, dims, values.length);
  }

  /** Adds a list of integers (for example the pads of a Pad node) and returns its name. */
  integers(data: readonly number[]): string {
    const raw = new Uint8Array(data.length * 8);
    const view = new DataView(raw.buffer);
    data.forEach((value, i) => {
      view.setBigInt64(i * 8, BigInt(value), true);
    });
    return this.initializer(raw, INT64, [data.length], data.length);
  }

  /** Adds a node with one output and returns the name of that output. */
  node(op: string, inputs: readonly string[], attributes: Readonly<Record<string, OnnxAttribute>> = {}): string {
    const output = `t${++this.valueCount}`;
    const writer = protobuf.Writer.create();
    for (const input of inputs) writer.uint32(tag(1, BYTES)).string(input);
    writer.uint32(tag(2, BYTES)).string(output);
    writer.uint32(tag(3, BYTES)).string(`${op}_${this.valueCount}`);
    writer.uint32(tag(4, BYTES)).string(op);
    for (const [name, value] of Object.entries(attributes)) {
      writer.uint32(tag(5, BYTES)).bytes(attributeBytes(name, value));
    }
    this.nodes.push(writer.finish());
    return output;
  }

  /** The whole model file. */
  finish(input: OnnxValue, output: OnnxValue): Uint8Array {
    const graph = protobuf.Writer.create();
    for (const node of this.nodes) graph.uint32(tag(1, BYTES)).bytes(node);
    graph.uint32(tag(2, BYTES)).string(this.graphName);
    for (const initializer of this.initializers) graph.uint32(tag(5, BYTES)).bytes(initializer);
    graph.uint32(tag(11, BYTES)).bytes(valueBytes(input));
    graph.uint32(tag(12, BYTES)).bytes(valueBytes(output));
    const opset = protobuf.Writer.create()
      .uint32(tag(1, BYTES))
      .string('')
      .uint32(tag(2, VARINT))
      .int64(OPSET)
      .finish();
    return protobuf.Writer.create()
      .uint32(tag(1, VARINT))
      .int64(IR_VERSION)
      .uint32(tag(7, BYTES))
      .bytes(graph.finish())
      .uint32(tag(8, BYTES))
      .bytes(opset)
      .finish();
  }

  private initializer(raw: Uint8Array, dataType: number, dims: readonly number[], length: number): string {
    const expected = dims.reduce((product, dim) => product * dim, 1);
    if (expected !== length) throw new RangeError(`${length} values do not fill the shape [${dims.join(', ')}]`);
    const name = `c${this.initializers.length}`;
    const writer = protobuf.Writer.create();
    for (const dim of dims) writer.uint32(tag(1, VARINT)).int64(dim);
    writer.uint32(tag(2, VARINT)).int32(dataType);
    writer.uint32(tag(8, BYTES)).string(name);
    writer.uint32(tag(9, BYTES)).bytes(raw);
    this.initializers.push(writer.finish());
    return name;
  }
}

function attributeBytes(name: string, value: OnnxAttribute): Uint8Array {
  const writer = protobuf.Writer.create().uint32(tag(1, BYTES)).string(name);
  let type: number;
  if (typeof value === 'number') {
    writer.uint32(tag(3, VARINT)).int64(value);
    type = 2;
  } else if (typeof value === 'string') {
    writer.uint32(tag(4, BYTES)).string(value);
    type = 3;
  } else if ('float' in value) {
    writer.uint32(tag(2, FIXED32)).float(value.float);
    type = 1;
  } else {
    for (const item of value) writer.uint32(tag(8, VARINT)).int64(item);
    type = 7;
  }
  return writer.uint32(tag(20, VARINT)).int32(type).finish();
}

/** ValueInfoProto of a float tensor. */
function valueBytes(value: OnnxValue): Uint8Array {
  const shape = protobuf.Writer.create();
  for (const dim of value.dims) shape.uint32(tag(1, BYTES)).bytes(dimensionBytes(dim));
  const tensor = protobuf.Writer.create()
    .uint32(tag(1, VARINT))
    .int32(FLOAT)
    .uint32(tag(2, BYTES))
    .bytes(shape.finish())
    .finish();
  const type = protobuf.Writer.create().uint32(tag(1, BYTES)).bytes(tensor).finish();
  return protobuf.Writer.create().uint32(tag(1, BYTES)).string(value.name).uint32(tag(2, BYTES)).bytes(type).finish();
}

/** TensorShapeProto.Dimension. */
export function dimensionBytes(dim: number | string): Uint8Array {
  const writer = protobuf.Writer.create();
  if (typeof dim === 'number') return writer.uint32(tag(1, VARINT)).int64(dim).finish();
  return writer.uint32(tag(2, BYTES)).string(dim).finish();
}
