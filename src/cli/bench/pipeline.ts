/**
 * Runs one model pack over one picture, in a process of its own, and prints its cost as one JSON line.
 * Started by the bench: `node pipeline.js <models folder> <pack> <bgr file> <width> <height> <runs>`. The path is the one
 * of the inference worker for a live frame: detect, quality, align, embed.
 */
import { readFileSync } from 'node:fs';
import { MonotonicClock } from '../../adapters/clock-monotonic.js';
import { EngineOnnx } from '../../adapters/engine-onnx.js';
import { median } from '../../domain/statistics.js';
import type { Engine } from '../../ports/engine.js';
import { Analyser } from '../../vision/analyse.js';
import { loadFacePipeline } from '../../vision/inference/load-pipeline.js';
import { cpuMsSince } from './measure.js';

const WARM_UP = 30;

const [models = '', pack = '', file = '', width, height, runs] = process.argv.slice(2);
const onnx = await EngineOnnx.load();
let insideMs = 0;
/** The engine with a stop watch, so that the part of our own code can be told apart. */
const timed: Engine = {
  name: onnx.name,
  load: async (path) => {
    const model = await onnx.load(path);
    return {
      inputs: model.inputs,
      outputs: model.outputs,
      run: async (inputs) => {
        const before = performance.now();
        try {
          return await model.run(inputs);
        } finally {
          insideMs += performance.now() - before;
        }
      },
      dispose: () => model.dispose(),
    };
  },
};
const pipeline = await loadFacePipeline(timed, models, pack, { detectSize: 320 });
const analyser = new Analyser({ pipeline, clock: new MonotonicClock() });
const picture = { width: Number(width), height: Number(height), bgr: new Uint8Array(readFileSync(file)) };

const cpu: number[] = [];
const wall: number[] = [];
const own: number[] = [];
for (let i = 0; i < WARM_UP + Number(runs); i++) {
  insideMs = 0;
  const cpuBefore = process.cpuUsage();
  const wallBefore = performance.now();
  const { faces } = await analyser.live(picture);
  const cpuMs = cpuMsSince(cpuBefore);
  const wallMs = performance.now() - wallBefore;
  if (faces.length !== 1 || faces[0]?.embedding === undefined)
    throw new Error(`${pack} found ${faces.length} faces in the picture where one is expected`);
  if (i < WARM_UP) continue;
  cpu.push(cpuMs);
  wall.push(wallMs);
  own.push(wallMs - insideMs);
}
process.stdout.write(
  `${JSON.stringify({ pack, engine: onnx.name, runs: cpu.length, cpuMs: median(cpu), wallMs: median(wall), ownMs: median(own) })}\n`,
);
process.exit(0);
