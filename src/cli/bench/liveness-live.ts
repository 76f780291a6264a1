/**
 * A vision process that measures a living person, as a daemon has it do, in a process of its own; prints one JSON line.
 * Started by the bench: `node liveness-live.js <models folder> <pack> <video> <width> <height> <seconds> <decisions>`.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { MonotonicClock } from '../../adapters/clock-monotonic.js';
import type { VisionResult } from '../../domain/observation.js';
import type { MeasureWish } from '../../ports/vision.js';
import { VisionClient } from '../../vision/client.js';
import { rssMb } from './child.js';

export interface LivenessLiveFigures {
  readonly seconds: number;
  readonly previewFps: number;
  /** Analysed frames a second, and those of them with each measure. */
  readonly resultsFps: number;
  readonly meshFps: number;
  readonly passiveFps: number;
  readonly bodyFps: number;
  readonly capturedToResultMs: readonly number[];
  /** From the wish to the result with the tenth score, at least a second after the first; one a decision. */
  readonly decisionMs: readonly number[];
  /** Of those decisions, how many had a median of at least 0.5. */
  readonly accepted: number;
  /** The same when the networks have to be loaded first. */
  readonly firstDecisionMs: number;
  readonly rssMb: number;
}

/** What the passive gate asks for (docs/liveness.md). */
const SCORES = 10;
const SPAN_MS = 1000;
const GIVE_UP_MS = 20_000;
const FPS = 15;

const [modelsDirectory = '', pack = '', path = '', width, height, seconds, decisions] = process.argv.slice(2);
const clock = new MonotonicClock();
const vision = new VisionClient({
  settings: {
    source: { kind: 'file', path, pace: 'own', loop: true },
    width: Number(width),
    height: Number(height),
    fps: FPS,
    rotate: 0,
    mirror: false,
    modelsDirectory,
    pack,
    detectSize: 320,
    maxInferencesPerSecond: FPS,
    motionGate: true,
    previewFps: FPS,
    previewQuality: 75,
    stallMs: 2000,
  },
  clock,
  log: () => undefined,
});
let onResult: (result: VisionResult) => void = () => undefined;
let previews = 0;
vision.onResult((result) => onResult(result));
vision.preview(() => {
  previews += 1;
});
const NOTHING: MeasureWish = { passive: false, mesh: false, body: false, colour: false };

/** Results of one measuring, until `done` holds or it takes too long. */
async function during(wish: MeasureWish, done: (results: readonly VisionResult[]) => boolean): Promise<VisionResult[]> {
  const results: VisionResult[] = [];
  const measuring = vision.measure(wish);
  let cancel = (): void => undefined;
  await new Promise<void>((resolve, reject) => {
    const limitMs = GIVE_UP_MS + 1000 * Number(seconds);
    cancel = clock.after(limitMs, () => reject(new Error('The measuring came to no end.')));
    onResult = (result) => {
      if (result.capture?.session !== measuring.session) return;
      results.push(result);
      if (done(results)) resolve();
    };
  });
  cancel();
  measuring.stop();
  return results;
}

/** Scores of a frame that counts, oldest first. */
const scored = (results: readonly VisionResult[]): readonly VisionResult[] =>
  results.filter(({ faces }) => faces[0]?.passive !== undefined);

async function decide(): Promise<{ readonly ms: number; readonly accepted: boolean }> {
  const begun = clock.mono();
  const results = await during({ ...NOTHING, passive: true, mesh: true }, (seen) => {
    const own = scored(seen);
    return own.length >= SCORES && own.at(-1)!.capturedAt - own[0]!.capturedAt >= SPAN_MS;
  });
  const ms = clock.mono() - begun;
  const live = scored(results)
    .map(({ faces }) => faces[0]!.passive!.live)
    .sort((a, b) => a - b);
  return { ms, accepted: live[Math.floor(live.length / 2)]! >= 0.5 };
}

async function figures(): Promise<LivenessLiveFigures> {
  await vision.start();
  const until = clock.mono() + GIVE_UP_MS;
  while (vision.status().camera !== 'running') {
    if (clock.mono() > until) throw new Error(vision.status().fault?.message ?? 'The vision process does not start.');
    await sleep(50);
  }
  const { ms: firstDecisionMs } = await decide();
  // The body's network is loaded before the time counts.
  const all = { passive: true, mesh: true, body: true, colour: true };
  await during(all, (seen) => seen.some(({ body }) => body !== undefined));
  const begun = clock.mono();
  const previewsBefore = previews;
  const latencies: number[] = [];
  const results = await during(all, (seen) => {
    latencies.push(clock.mono() - seen.at(-1)!.capturedAt);
    return clock.mono() - begun >= 1000 * Number(seconds);
  });
  const took = (clock.mono() - begun) / 1000;
  const rate = (holds: (result: VisionResult) => boolean): number => results.filter(holds).length / took;
  const measured = {
    seconds: took,
    previewFps: (previews - previewsBefore) / took,
    resultsFps: results.length / took,
    meshFps: rate(({ faces }) => faces[0]?.mesh !== undefined),
    passiveFps: rate(({ faces }) => faces[0]?.passive !== undefined),
    bodyFps: rate(({ body }) => body !== undefined),
    capturedToResultMs: latencies,
  };
  const memoryMb = rssMb(vision.pid ?? 0);
  const decided: { readonly ms: number; readonly accepted: boolean }[] = [];
  for (let i = 0; i < Number(decisions); i++) {
    // Not in step with the frames of the recording.
    await sleep(200 + ((i * 137) % 400));
    decided.push(await decide());
  }
  return {
    ...measured,
    decisionMs: decided.map(({ ms }) => ms),
    accepted: decided.filter(({ accepted }) => accepted).length,
    firstDecisionMs,
    rssMb: memoryMb,
  };
}

try {
  process.stdout.write(`${JSON.stringify(await figures())}\n`);
} finally {
  await vision.stop();
}
process.exit(0);
