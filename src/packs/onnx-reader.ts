import protobuf from 'protobufjs/minimal.js';
import { VestibuleError } from '../domain/errors.js';
import type { SourceFile } from './faceapi-weights.js';

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;
const FLOAT = 1;
const DEFAULT_DOMAIN = '';

/** One field of a protobuf message: its tag and its payload with length prefix where it has one. */
export interface Field {
  readonly number: number;
  readonly wire: number;
  /** Bytes after the tag. */
  readonly raw: Uint8Array;
  /** Payload without the length prefix; only for length-delimited fields. */
  readonly payload?: Uint8Array;
}

/** The fields of a protobuf message in their order. Throws a RangeError where the bytes end too early. */
export function fieldsOf(bytes: Uint8Array): Field[] {
  const reader = protobuf.Reader.create(bytes);
  const fields: Field[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const start = reader.pos;
    const wire = tag & 7;
    if (wire === LENGTH_DELIMITED) {
      const payload = reader.bytes();
      fields.push({ number: tag >>> 3, wire, raw: bytes.subarray(start, reader.pos), payload });
    } else {
      reader.skipType(wire);
      fields.push({ number: tag >>> 3, wire, raw: bytes.subarray(start, reader.pos) });
    }
  }
  return fields;
}

/** Weights of a graph; `dims` multiply to the length of `data`. */
export interface OnnxConstant {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** One node with its attributes by name: a number, or a list of numbers; those of other types are left out. */
export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, number | readonly number[]>;
}

/** A graph of nodes and float32 weights in the order of the file. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, OnnxConstant>;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * Reads the nodes and weights of an ONNX file. Throws `pack_file_invalid` for a file that is no ONNX file or ends too
 * early, `pack_unsupported` for weights that are not float32 kept as raw bytes, and for operators of another domain.
 */
export function readOnnx(file: SourceFile): OnnxGraph {
  try {
    const graph = fieldsOf(file.bytes).find((field) => field.number === 7)?.payload;
    if (graph === undefined) throw new RangeError('the file holds no graph');
    const fields = fieldsOf(graph);
    const of = (number: number): Uint8Array[] => fields.flatMap((f) => (f.number === number ? [f.payload!] : []));
    return {
      nodes: of(1).map((bytes) => nodeOf(file, bytes)),
      constants: new Map(of(5).map((bytes) => constantOf(file, bytes))),
      inputs: of(11).map((bytes) => textOf(fieldsOf(bytes), 1)),
      outputs: of(12).map((bytes) => textOf(fieldsOf(bytes), 1)),
    };
  } catch (cause) {
    if (cause instanceof VestibuleError) throw cause;
    throw new VestibuleError('pack_file_invalid', `${file.name} is not a readable ONNX file (truncated?)`, {
      cause,
      context: { file: file.name },
    });
  }
}

/** The fault of a network that is not what its importer knows. */
export function unsupportedOnnx(file: SourceFile, why: string): VestibuleError {
  return new VestibuleError('pack_unsupported', `${file.name}: ${why}`, { context: { file: file.name } });
}

function nodeOf(file: SourceFile, bytes: Uint8Array): OnnxNode {
  const fields = fieldsOf(bytes);
  if (textOf(fields, 7) !== DEFAULT_DOMAIN)
    throw unsupportedOnnx(file, `the operator ${textOf(fields, 4)} is none of ONNX`);
  const attributes = fields.filter(({ number }) => number === 5).map(({ payload }) => attributeOf(payload!));
  return {
    op: textOf(fields, 4),
    inputs: textsOf(fields, 1),
    outputs: textsOf(fields, 2),
    attributes: new Map(attributes.filter((entry) => entry !== undefined)),
  };
}

function attributeOf(bytes: Uint8Array): [string, number | readonly number[]] | undefined {
  const fields = fieldsOf(bytes);
  const name = textOf(fields, 1);
  const list = integersOf(fields, 8);
  if (list.length > 0) return [name, list];
  for (const field of fields) {
    if (field.number === 2 && field.wire === FIXED32) return [name, protobuf.Reader.create(field.raw).float()];
    if (field.number === 3 && field.wire === VARINT) return [name, Number(protobuf.Reader.create(field.raw).int64())];
  }
  return undefined;
}

function constantOf(file: SourceFile, bytes: Uint8Array): [string, OnnxConstant] {
  const fields = fieldsOf(bytes);
  const name = textOf(fields, 8);
  const dims = integersOf(fields, 1);
  const length = dims.reduce((product, dim) => product * dim, 1);
  const raw = fields.find(({ number }) => number === 9)?.payload;
  if (integersOf(fields, 2)[0] !== FLOAT || raw?.length !== length * 4)
    throw unsupportedOnnx(file, `the weights ${name} are not raw float32 values of their shape`);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  return [name, { dims, data: Float32Array.from({ length }, (_, i) => view.getFloat32(i * 4, true)) }];
}

function textsOf(fields: readonly Field[], number: number): string[] {
  return fields.filter((field) => field.number === number).map(({ payload }) => new TextDecoder().decode(payload));
}

function textOf(fields: readonly Field[], number: number): string {
  return textsOf(fields, number)[0] ?? '';
}

/** Integers of a repeated field, packed into one or each by itself. */
function integersOf(fields: readonly Field[], number: number): number[] {
  return fields
    .filter((field) => field.number === number)
    .flatMap(({ wire, raw, payload }) => {
      const reader = protobuf.Reader.create(wire === LENGTH_DELIMITED ? payload! : raw);
      const values: number[] = [];
      while (reader.pos < reader.len) {
        values.push(Number(reader.int64()));
        if (wire !== LENGTH_DELIMITED) break;
      }
      return values;
    });
}
