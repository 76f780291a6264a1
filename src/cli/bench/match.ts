/**
 * Measures 1:N identification and prints one JSON line. Started by the bench: `node match.js <persons> <dim> <runs>`.
 * The gallery holds one random unit vector a person, the probe is one of them with noise: every search compares with all.
 */
import { Gallery } from '../../domain/match.js';
import { median, quantile } from '../../domain/statistics.js';
import { unit } from '../../domain/vector.js';

const [persons, dim, runs] = process.argv.slice(2).map(Number) as [number, number, number];
const WARM_UP = 20;
const HASH = `sha256:${'0'.repeat(64)}`;

/** Park and Miller's generator: the same gallery in every run. */
let seed = 42;
const random = (): number => {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed / 2_147_483_647 - 0.5;
};
const direction = (): Float32Array => {
  const vector = unit(Float32Array.from({ length: dim }, random));
  if (vector === undefined) throw new Error('A random vector without direction');
  return vector;
};
const entries = Array.from({ length: persons }, (_, i) => ({ personId: `person-${i}`, vector: direction() }));
const gallery = new Gallery({ modelHash: HASH, dim, entries });
const times: number[] = [];
for (let i = 0; i < WARM_UP + runs; i++) {
  const wanted = entries[(i * 37) % persons];
  const vector = unit(Float32Array.from(wanted?.vector ?? [], (value) => value + 0.02 * random()));
  if (vector === undefined) throw new Error('A probe without direction');
  const before = performance.now();
  const { best } = gallery.identify({ vector, modelHash: HASH });
  const ms = performance.now() - before;
  if (best?.personId !== wanted?.personId) throw new Error('The search found somebody else');
  if (i >= WARM_UP) times.push(ms);
}
process.stdout.write(`${JSON.stringify({ runs: times.length, ms: median(times), p95Ms: quantile(times, 0.95) })}\n`);
