import { depthwiseToOnnx, filtersToOnnx, readFaceapiWeights, type SourceFile } from './faceapi-weights.js';
import { OnnxWriter } from './onnx-writer.js';

/**
 * 68-landmark network of face-api as ONNX (docs/networks.md 2): four dense blocks, average pool, one full connection.
 * Input `data` [1, 3, 112, 112], RGB 0–255; output [1, 136] = x₀, y₀, x₁ … relative to the square.
 */
export function importLandmarks68(manifest: SourceFile, bin: SourceFile): Uint8Array {
  const weights = readFaceapiWeights(manifest, bin);
  const graph = new OnnxWriter('face-landmarks-68');
  const constant = (tensor: { shape: readonly number[]; data: Float32Array }): string =>
    graph.constant(tensor.data, tensor.shape);

  const separable = (x: string, name: string, stride: number): string => {
    const depthwise = depthwiseToOnnx(weights.get(`${name}/depthwise_filter`, 4));
    const spread = graph.node('Conv', [x, constant(depthwise)], {
      group: depthwise.shape[0]!,
      strides: [stride, stride],
      auto_pad: 'SAME_UPPER',
    });
    const pointwise = filtersToOnnx(weights.get(`${name}/pointwise_filter`, 4));
    return graph.node('Conv', [spread, constant(pointwise), constant(weights.get(`${name}/bias`, 1))]);
  };
  const first = (x: string): string =>
    graph.node(
      'Conv',
      [
        x,
        constant(filtersToOnnx(weights.get('dense0/conv0/filters', 4))),
        constant(weights.get('dense0/conv0/bias', 1)),
      ],
      { strides: [2, 2], auto_pad: 'SAME_UPPER' },
    );
  const add = (a: string, b: string): string => graph.node('Add', [a, b]);
  const relu = (x: string): string => graph.node('Relu', [x]);

  const centred = graph.node('Sub', ['data', graph.constant([122.782, 117.001, 104.298], [1, 3, 1, 1])]);
  let x = graph.node('Mul', [centred, graph.constant([1 / 255], [])]);
  for (let block = 0; block < 4; block++) {
    const name = `dense${block}`;
    const out1 = relu(block === 0 ? first(x) : separable(x, `${name}/conv0`, 2));
    const sum2 = add(out1, separable(out1, `${name}/conv1`, 1));
    const sum3 = add(sum2, separable(relu(sum2), `${name}/conv2`, 1));
    x = relu(add(sum3, separable(relu(sum3), `${name}/conv3`, 1)));
  }
  x = graph.node('AveragePool', [x], { kernel_shape: [7, 7], strides: [2, 2] });
  x = graph.node('MatMul', [graph.node('Flatten', [x]), constant(weights.get('fc/weights', 2))]);
  x = add(x, constant(weights.get('fc/bias', 1)));
  return graph.finish({ name: 'data', dims: [1, 3, 112, 112] }, { name: x, dims: [1, 136] });
}
