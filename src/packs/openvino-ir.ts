import { XMLParser } from 'fast-xml-parser';
import { VestibuleError } from '../domain/errors.js';
import type { SourceFile } from './faceapi-weights.js';
import { OnnxWriter } from './onnx-writer.js';
import { type ConstantTensor, readConstant } from './openvino-constant.js';

interface IrPort {
  readonly id: string;
  readonly dim?: readonly string[];
}
interface IrLayer {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly input?: { readonly port: readonly IrPort[] };
  readonly output?: { readonly port: readonly IrPort[] };
}
interface IrEdge {
  readonly 'from-layer': string;
  readonly 'to-layer': string;
  readonly 'to-port': string;
}

const LISTS = new Set(['layer', 'edge', 'port', 'dim']);
const BINARY: Readonly<Record<string, string>> = { Add: 'Add', Multiply: 'Mul' };

function fault(file: string, why: string, code: 'pack_unsupported' | 'pack_file_invalid' = 'pack_unsupported'): never {
  throw new VestibuleError(code, `${file}: ${why}`, { context: { file } });
}

function parse(xml: SourceFile): { layers: readonly IrLayer[]; edges: readonly IrEdge[] } {
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    isArray: (name) => LISTS.has(name),
  });
  let document: { net?: { version?: string; layers?: { layer?: IrLayer[] }; edges?: { edge?: IrEdge[] } } };
  try {
    document = parser.parse(Buffer.from(xml.bytes).toString('utf8'), true);
  } catch (cause) {
    throw new VestibuleError('pack_file_invalid', `${xml.name} is not readable XML`, {
      cause,
      context: { file: xml.name },
    });
  }
  const net = document.net;
  if (net?.layers?.layer === undefined || net.edges?.edge === undefined)
    return fault(xml.name, 'the file holds no OpenVINO network', 'pack_file_invalid');
  if (net.version !== '11') fault(xml.name, `OpenVINO IR version ${net.version ?? 'unknown'}; only 11 is known`);
  return { layers: net.layers.layer, edges: net.edges.edge };
}

function integers(text: string | undefined): number[] {
  return text === undefined || text.trim() === '' ? [] : text.split(',').map((part) => Number.parseInt(part, 10));
}

/**
 * OpenVINO IR (version 11) → ONNX for the eleven layer types that the pinned network uses (docs/networks.md 3). A PReLU with
 * one slope becomes LeakyRelu (the same function, twice as fast in ONNX Runtime).
 * Throws `pack_unsupported` for any other layer type, `pack_file_invalid` for a truncated .bin.
 */
export function importOpenvinoIr(xml: SourceFile, bin: SourceFile): Uint8Array {
  const { layers, edges } = parse(xml);
  const from = new Map(edges.map((edge) => [`${edge['to-layer']}:${edge['to-port']}`, edge['from-layer']]));
  const constants = new Map<string, ConstantTensor>();
  const values = new Map<string, string>();
  const graph = new OnnxWriter('openvino-ir');
  let input: { id: string; dims: number[] } | undefined;
  let output: { name: string; dims: number[] } | undefined;

  for (const layer of layers) {
    const data = layer.data ?? {};
    const sources = (layer.input?.port ?? []).map(
      (port) => from.get(`${layer.id}:${port.id}`) ?? fault(xml.name, `the layer ${layer.name} lacks an input`),
    );
    const sourceAt = (index: number): string =>
      sources[index] ?? fault(xml.name, `the layer ${layer.name} lacks input ${index}`);
    const constantAt = (index: number): ConstantTensor =>
      constants.get(sourceAt(index)) ?? fault(xml.name, `input ${index} of the layer ${layer.name} is not a constant`);
    const valueAt = (index: number): string => {
      const id = sourceAt(index);
      const value = values.get(id);
      if (value !== undefined) return value;
      const constant = constants.get(id) ?? fault(xml.name, `the layer ${layer.name} comes before its input ${id}`);
      const name = graph.constant(constant.data, constant.dims);
      values.set(id, name);
      return name;
    };

    switch (layer.type) {
      case 'Parameter':
        input = { id: 'data', dims: integers(data.shape) };
        values.set(layer.id, 'data');
        break;
      case 'Const':
        constants.set(layer.id, readConstant(xml.name, bin, layer.name, data));
        break;
      case 'Convert':
        constants.set(layer.id, constantAt(0));
        break;
      case 'Convolution':
      case 'GroupConvolution': {
        const weights = constantAt(1);
        const groups = layer.type === 'GroupConvolution' ? weights.dims[0]! : 1;
        const dims = groups === 1 && weights.dims.length === 4 ? weights.dims : mergeGroups(weights.dims);
        const node = graph.node('Conv', [valueAt(0), graph.constant(weights.data, dims)], {
          strides: integers(data.strides),
          dilations: integers(data.dilations),
          pads: [...integers(data.pads_begin), ...integers(data.pads_end)],
          group: groups,
        });
        values.set(layer.id, node);
        break;
      }
      case 'Add':
      case 'Multiply':
        values.set(layer.id, graph.node(BINARY[layer.type]!, [valueAt(0), valueAt(1)]));
        break;
      case 'Sigmoid':
        values.set(layer.id, graph.node('Sigmoid', [valueAt(0)]));
        break;
      case 'PReLU': {
        const slopes = constantAt(1).data;
        const node =
          slopes.length === 1
            ? graph.node('LeakyRelu', [valueAt(0)], { alpha: { float: slopes[0]! } })
            : graph.node('PRelu', [valueAt(0), graph.constant(slopes, [slopes.length, 1, 1])]);
        values.set(layer.id, node);
        break;
      }
      case 'AvgPool':
        if (data.rounding_type !== undefined && data.rounding_type !== 'floor')
          fault(xml.name, `the layer ${layer.name} rounds by ${data.rounding_type}`);
        values.set(
          layer.id,
          graph.node('AveragePool', [valueAt(0)], {
            kernel_shape: integers(data.kernel),
            strides: integers(data.strides),
            pads: [...integers(data.pads_begin), ...integers(data.pads_end)],
            count_include_pad: data['exclude-pad'] === 'true' ? 0 : 1,
          }),
        );
        break;
      case 'Result':
        output = { name: valueAt(0), dims: (layer.input?.port[0]?.dim ?? []).map((dim) => Number.parseInt(dim, 10)) };
        break;
      default:
        fault(xml.name, `the layer ${layer.name} has the unknown type ${layer.type}`);
    }
  }
  if (input === undefined || output === undefined) return fault(xml.name, 'the network has no input or no output');
  return graph.finish({ name: input.id, dims: input.dims }, output);
}

/** [G, O, I, h, w] → [G·O, I, h, w]. */
function mergeGroups(dims: readonly number[]): readonly number[] {
  const [groups, outputs, ...rest] = dims as [number, number, ...number[]];
  return [groups * outputs, ...rest];
}
