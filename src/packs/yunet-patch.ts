import protobuf from 'protobufjs/minimal.js';
import { VestibuleError } from '../domain/errors.js';
import type { SourceFile } from './faceapi-weights.js';
import { dimensionBytes } from './onnx-writer.js';

const LENGTH_DELIMITED = 2;
const GRAPH = 7;
const VALUE_INFO = 13;
const INPUT = 11;
const OUTPUT = 12;
const EXPECTED_OUTPUTS = 12;

/** One field of a protobuf message: its tag and its payload with length prefix where it has one. */
interface Field {
  readonly number: number;
  readonly wire: number;
  /** Bytes after the tag. */
  readonly raw: Uint8Array;
  /** Payload without the length prefix; only for length-delimited fields. */
  readonly payload?: Uint8Array;
}

/**
 * Rewrites the published YuNet file so that it takes any multiple of 32 (docs/networks.md 3): the last two dimensions of the
 * input and the anchor dimension of the twelve outputs become free, and all `value_info` entries, which state shapes of
 * 640×640, are dropped. Weights and nodes stay byte for byte.
 */
export function patchYunet(file: SourceFile): Uint8Array {
  try {
    return rewriteModel(file);
  } catch (cause) {
    if (cause instanceof VestibuleError) throw cause;
    throw new VestibuleError('pack_file_invalid', `${file.name} is not a readable ONNX file (truncated?)`, {
      cause,
      context: { file: file.name },
    });
  }
}

function rewriteModel(file: SourceFile): Uint8Array {
  const model = fieldsOf(file.bytes);
  const graph = model.find((field) => field.number === GRAPH)?.payload;
  if (graph === undefined) throw unsupported(file, 'the file holds no graph');
  const fields = fieldsOf(graph);
  const inputs = fields.filter((field) => field.number === INPUT).length;
  const outputs = fields.filter((field) => field.number === OUTPUT).length;
  if (inputs !== 1 || outputs !== EXPECTED_OUTPUTS)
    throw unsupported(file, `expected 1 input and ${EXPECTED_OUTPUTS} outputs, found ${inputs} and ${outputs}`);
  const patched = fields
    .filter((field) => field.number !== VALUE_INFO)
    .map((field) => {
      if (field.number === INPUT)
        return withPayload(field, freeDims(file, field.payload!, { 2: 'height', 3: 'width' }));
      if (field.number === OUTPUT) {
        const name = nameOf(field.payload!);
        return withPayload(field, freeDims(file, field.payload!, { 1: `anchors_${name}` }));
      }
      return field;
    });
  return join(model.map((field) => (field.number === GRAPH ? withPayload(field, join(patched)) : field)));
}

function unsupported(file: SourceFile, why: string): VestibuleError {
  return new VestibuleError('pack_unsupported', `${file.name}: ${why}`, { context: { file: file.name } });
}

function fieldsOf(bytes: Uint8Array): Field[] {
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

function withPayload(field: Field, payload: Uint8Array): Field {
  const raw = protobuf.Writer.create().bytes(payload).finish();
  return { number: field.number, wire: field.wire, raw, payload };
}

function join(fields: readonly Field[]): Uint8Array {
  const parts = fields.flatMap((field) => [
    protobuf.Writer.create()
      .uint32((field.number << 3) | field.wire)
      .finish(),
    field.raw,
  ]);
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    out.set(part, position);
    position += part.length;
  }
  return out;
}

function nameOf(value: Uint8Array): string {
  const name = fieldsOf(value).find((field) => field.number === 1)?.payload;
  return new TextDecoder().decode(name);
}

/** Replaces dimensions of ValueInfo → type (2) → tensor_type (1) → shape (2) → dim (1) by names. */
function freeDims(file: SourceFile, value: Uint8Array, names: Readonly<Record<number, string>>): Uint8Array {
  const replaceIn = (bytes: Uint8Array, path: readonly number[]): Uint8Array => {
    const [head, ...rest] = path;
    if (head === undefined) return replaceDims(bytes);
    const fields = fieldsOf(bytes);
    if (!fields.some((field) => field.number === head)) throw unsupported(file, 'a value has no shape');
    return join(
      fields.map((field) => (field.number === head ? withPayload(field, replaceIn(field.payload!, rest)) : field)),
    );
  };
  const replaceDims = (shape: Uint8Array): Uint8Array => {
    let index = -1;
    return join(
      fieldsOf(shape).map((field) => {
        if (field.number !== 1) return field;
        const name = names[++index];
        return name === undefined ? field : withPayload(field, dimensionBytes(name));
      }),
    );
  };
  return replaceIn(value, [2, 1, 2]);
}
