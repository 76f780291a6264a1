import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { EngineOnnx } from '../../src/adapters/engine-onnx.js';
import { OnnxWriter } from '../../src/packs/onnx-writer.js';
import { engineContract } from '../contracts/engine.js';

const folder = mkdtempSync(join(tmpdir(), 'vestibule-onnx-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = join(folder, 'small.onnx');
const graph = new OnnxWriter('small');
const scaled = graph.node('Mul', ['data', graph.constant([2], [])]);
const summed = graph.node('LeakyRelu', [scaled], { alpha: { float: 0.5 } });
writeFileSync(file, graph.finish({ name: 'data', dims: [1, 4] }, { name: summed, dims: [1, 4] }));

engineContract('onnxruntime-node', {
  create: () => EngineOnnx.load(),
  modelFile: () => file,
  input: () => ({ data: Float32Array.of(-2, -1, 1, 2), dims: [1, 4] }),
  namePattern: /^onnxruntime-node 1\.30\.0$/,
});
