/**
 * Measures the networks of liveness over the frames of a recording, in a process of its own, and prints one JSON line.
 * Started by the bench: `node liveness-frames.js <models folder> <pack> <raw bgr file> <width> <height> <runs>`.
 */
import { readFileSync } from 'node:fs';
import { MonotonicClock } from '../../adapters/clock-monotonic.js';
import { EngineOnnx } from '../../adapters/engine-onnx.js';
import { EngineTfjs } from '../../adapters/engine-tfjs.js';
import type { Picture } from '../../domain/frame.js';
import { median } from '../../domain/statistics.js';
import type { MeasureWish } from '../../ports/vision.js';
import { Analyser } from '../../vision/analyse.js';
import { loadFacePipeline } from '../../vision/inference/load-pipeline.js';
import { boxDetectorOf, meshCropOfBox, meshCropOfMesh, meshExtent } from '../../vision/inference/mesh-crop.js';
import { MeasureNetworkLoader } from '../../vision/measure/networks.js';
import { cpuMsSince } from './measure.js';

/** Medians of CPU milliseconds (user and system, all threads) of one frame. */
export interface LivenessFrameCosts {
  readonly engine: string;
  readonly runs: number;
  readonly passiveMs: number;
  readonly meshMs: number;
  readonly bodyMs: number;
  /** As the inference worker measures passive and mesh: half of a whole and a light frame. */
  readonly measuredMs: number;
  /** The same networks one after the other on every frame, nothing tracked. */
  readonly plainMs: number;
}

/** V8 compiles WebAssembly anew in the background while it runs first; a kiosk is past that after some seconds. */
const WARM_UP = 100;

const [models = '', pack = '', file = '', width, height, runs] = process.argv.slice(2);
const size = { width: Number(width), height: Number(height) };
const bytes = new Uint8Array(readFileSync(file));
const frameBytes = size.width * size.height * 3;
const frames: Picture[] = [];
for (let at = 0; at + frameBytes <= bytes.length; at += frameBytes)
  frames.push({ ...size, bgr: bytes.subarray(at, at + frameBytes) });

const fail = (message: string): never => {
  throw new Error(message);
};
const onnx = await EngineOnnx.load();
const tfjs = await EngineTfjs.load();
const source = new MeasureNetworkLoader({
  modelsDirectory: models,
  onnx: async () => onnx,
  tfjs: async () => tfjs,
  onFault: (_, fault) => fail(fault.message),
});
const passive = (await source.passive()) ?? fail('the passive pair is not installed');
const mesh = (await source.mesh()) ?? fail('the face mesh is not installed');
const body = (await source.body()) ?? fail('the body points are not installed');
const pipeline = await loadFacePipeline(onnx, models, pack, { detectSize: 320 });
const detector = boxDetectorOf(pack);

/** Median CPU time of one call over the frames in turn. */
async function cost(work: (picture: Picture) => Promise<unknown>): Promise<number> {
  const cpu: number[] = [];
  for (let i = 0; i < WARM_UP + Number(runs); i++) {
    const before = process.cpuUsage();
    await work(frames[i % frames.length]!);
    if (i >= WARM_UP) cpu.push(cpuMsSince(before));
  }
  return median(cpu);
}

async function plain(picture: Picture): Promise<void> {
  const [face] = (await pipeline.detect(picture)).faces;
  const crop = face && meshCropOfBox(face.box, detector, face.points);
  const found = crop && (await mesh.measure(picture, crop));
  if (face === undefined || found === undefined) return fail('a frame of the recording shows no face');
  await pipeline.embed(picture, face);
  await passive.score(picture, meshExtent(found), 'mesh');
}

const first = (await pipeline.detect(frames[0]!)).faces[0] ?? fail('the recording shows no face');
let tracked =
  (await mesh.measure(frames[0]!, meshCropOfBox(first.box, detector, first.points)!)) ?? fail('no mesh was found');

const wish: MeasureWish = { passive: true, mesh: true, body: false, colour: false };
const analyser = new Analyser({ pipeline, clock: new MonotonicClock(), measuring: { source, trouble: fail } });
const order = { session: 1, wish };
for (let tries = 0; ; tries++) {
  const [face] = (await analyser.live(frames[0]!, order)).faces;
  if (face?.mesh && face.passive) break;
  if (tries > 100) fail('the recording cannot be measured');
  await new Promise((later) => setImmediate(later));
}
const next = (i: number): Picture => frames[(2 * i) % frames.length]!;
let round = 0;

const costs: LivenessFrameCosts = {
  engine: tfjs.name,
  runs: Number(runs),
  passiveMs: await cost((picture) => passive.score(picture, meshExtent(tracked), 'mesh')),
  meshMs: await cost(async (picture) => {
    tracked = (await mesh.measure(picture, meshCropOfMesh(tracked)!)) ?? tracked;
  }),
  bodyMs: await cost((picture) => body.measure(picture)),
  measuredMs:
    (await cost(async () => {
      await analyser.live(next(round), order);
      await analyser.live(next(round++), order);
    })) / 2,
  plainMs: await cost(plain),
};
process.stdout.write(`${JSON.stringify(costs)}\n`);
process.exit(0);
