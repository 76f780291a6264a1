import { depthwiseToOnnx, filtersToOnnx, readFaceapiWeights, type SourceFile } from './faceapi-weights.js';
import { OnnxWriter } from './onnx-writer.js';

/**
 * Tiny face detector of face-api as ONNX (docs/networks.md 2). Input `data` [1, 3, S, S], RGB 0–255, S a multiple of 32;
 * output [1, 25, S/32, S/32].
 */
export function importTinyDetector(manifest: SourceFile, bin: SourceFile): Uint8Array {
  const weights = readFaceapiWeights(manifest, bin);
  const graph = new OnnxWriter('tiny-face-detector');
  const conv = (
    x: string,
    filters: { shape: readonly number[]; data: Float32Array },
    bias: string,
    attributes = {},
  ): string =>
    graph.node(
      'Conv',
      [x, graph.constant(filters.data, filters.shape), ...(bias === '' ? [] : [biasOf(bias)])],
      attributes,
    );
  const biasOf = (name: string): string => {
    const bias = weights.get(name, 1);
    return graph.constant(bias.data, bias.shape);
  };
  const activate = (x: string, stride: number): string =>
    graph.node('MaxPool', [graph.node('LeakyRelu', [x], { alpha: { float: 0.1 } })], {
      kernel_shape: [2, 2],
      strides: [stride, stride],
      auto_pad: 'SAME_UPPER',
    });

  const centred = graph.node('Sub', ['data', graph.constant([117.001, 114.697, 97.404], [1, 3, 1, 1])]);
  let x = graph.node('Mul', [centred, graph.constant([1 / 255], [])]);
  x = activate(conv(x, filtersToOnnx(weights.get('conv0/filters', 4)), 'conv0/bias'), 2);
  for (let k = 1; k <= 5; k++) {
    const depthwise = depthwiseToOnnx(weights.get(`conv${k}/depthwise_filter`, 4));
    x = conv(x, depthwise, '', { group: depthwise.shape[0]!, pads: [1, 1, 1, 1] });
    x = conv(x, filtersToOnnx(weights.get(`conv${k}/pointwise_filter`, 4)), `conv${k}/bias`);
    x = activate(x, k < 5 ? 2 : 1);
  }
  x = conv(x, filtersToOnnx(weights.get('conv8/filters', 4)), 'conv8/bias');
  return graph.finish({ name: 'data', dims: [1, 3, 'size', 'size'] }, { name: x, dims: [1, 25, 'cells', 'cells'] });
}
