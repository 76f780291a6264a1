import { filtersToOnnx, readFaceapiWeights, type SourceFile } from './faceapi-weights.js';
import { OnnxWriter } from './onnx-writer.js';

const INPUT_SIDE = 150;

interface FeatureMap {
  readonly name: string;
  readonly channels: number;
  readonly side: number;
}

/**
 * dlib's face recognition ResNet (weights as shipped by face-api) as ONNX (docs/networks.md 2). The scale layers are folded
 * into the convolutions. Input `data` [1, 3, 150, 150], RGB 0–255; output [1, 128], length about 1.43.
 */
export function importDlibResnet(manifest: SourceFile, bin: SourceFile): Uint8Array {
  const weights = readFaceapiWeights(manifest, bin);
  const graph = new OnnxWriter('dlib-face-recognition-resnet-v1');

  /** Convolution + bias, then scale and shift per channel: filter · s and bias · s + shift. */
  const conv = (x: string, name: string, stride: number, pad: number): string => {
    const filters = filtersToOnnx(weights.get(`${name}/conv/filters`, 4));
    const bias = weights.get(`${name}/conv/bias`, 1).data;
    const scale = weights.get(`${name}/scale/weights`, 1).data;
    const shift = weights.get(`${name}/scale/biases`, 1).data;
    const perFilter = filters.data.length / bias.length;
    const folded = filters.data.map((value, i) => value * scale[Math.floor(i / perFilter)]!);
    const foldedBias = bias.map((value, i) => value * scale[i]! + shift[i]!);
    return graph.node(
      'Conv',
      [x, graph.constant(folded, filters.shape), graph.constant(foldedBias, [foldedBias.length])],
      { strides: [stride, stride], pads: [pad, pad, pad, pad] },
    );
  };
  const relu = (x: string): string => graph.node('Relu', [x]);
  const add = (a: string, b: string): string => graph.node('Add', [a, b]);
  const pad = (x: string, pads: readonly number[]): string =>
    graph.node('Pad', [x, graph.integers(pads), graph.constant([0], [])]);

  const residual = (x: FeatureMap, name: string): FeatureMap => {
    const inner = relu(conv(x.name, `${name}/conv1`, 1, 1));
    return { ...x, name: relu(add(conv(inner, `${name}/conv2`, 1, 1), x.name)) };
  };
  const down = (x: FeatureMap, name: string): FeatureMap => {
    const channels = weights.get(`${name}/conv2/conv/filters`, 4).shape[3]!;
    let main = conv(relu(conv(x.name, `${name}/conv1`, 2, 0)), `${name}/conv2`, 1, 1);
    let shortcut = graph.node('AveragePool', [x.name], { kernel_shape: [2, 2], strides: [2, 2] });
    const side = Math.floor(x.side / 2);
    const mainSide = Math.floor((x.side - 3) / 2) + 1;
    if (mainSide < side) main = pad(main, [0, 0, 0, 0, 0, 0, side - mainSide, side - mainSide]);
    if (x.channels < channels) shortcut = pad(shortcut, [0, 0, 0, 0, 0, channels - x.channels, 0, 0]);
    return { name: relu(add(main, shortcut)), channels, side };
  };

  const centred = graph.node('Sub', ['data', graph.constant([122.782, 117.001, 104.298], [1, 3, 1, 1])]);
  const scaled = graph.node('Mul', [centred, graph.constant([1 / 255], [])]);
  const stem = graph.node('MaxPool', [relu(conv(scaled, 'conv32_down', 2, 0))], {
    kernel_shape: [3, 3],
    strides: [2, 2],
  });
  const stemSide = Math.floor((Math.floor((INPUT_SIDE - 7) / 2) + 1 - 3) / 2) + 1;
  let x: FeatureMap = { name: stem, channels: 32, side: stemSide };
  for (const name of ['conv32_1', 'conv32_2', 'conv32_3']) x = residual(x, name);
  x = down(x, 'conv64_down');
  for (const name of ['conv64_1', 'conv64_2', 'conv64_3']) x = residual(x, name);
  x = down(x, 'conv128_down');
  for (const name of ['conv128_1', 'conv128_2']) x = residual(x, name);
  x = down(x, 'conv256_down');
  for (const name of ['conv256_1', 'conv256_2']) x = residual(x, name);
  x = down(x, 'conv256_down_out');
  const pooled = graph.node('Flatten', [graph.node('GlobalAveragePool', [x.name])]);
  const fc = weights.get('fc', 2);
  const out = graph.node('MatMul', [pooled, graph.constant(fc.data, fc.shape)]);
  return graph.finish({ name: 'data', dims: [1, 3, INPUT_SIDE, INPUT_SIDE] }, { name: out, dims: [1, 128] });
}
