import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { VisionResult } from '../../src/domain/observation.js';
import { VisionClient } from '../../src/vision/client.js';
import { PROTOCOL_VERSION } from '../../src/vision/protocol.js';
import { eventually, realClock } from '../support/real-time.js';

const folder = mkdtempSync(join(tmpdir(), 'vestibule-hostile-'));
let vision: VisionClient | undefined;
afterEach(async () => {
  await vision?.stop();
  vision = undefined;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const READY = `{ t: 'ready', version: ${PROTOCOL_VERSION}, pack: { id: 'core', hash: 'sha256:00', dim: 4 }, engine: 'none', networks: {} }`;

/** A vision process that says these things, written as code, as soon as it is started. */
async function saying(messages: readonly string[]) {
  const childFile = join(folder, 'child.mjs');
  writeFileSync(
    childFile,
    `const points = Array.from({ length: 5 }, () => ({ x: 1, y: 1 }));
const quality = { eyeDistancePx: 80, faceHeightRatio: 0.4, brightness: 120, sharpness: 90, yaw: 0, pitch: 0, rollDegrees: 0, truncated: false };
const face = { box: { x: 0, y: 0, width: 100, height: 100 }, points, score: 0.9, quality };
const capture = { session: 1, frames: 1, longestRepeat: 1, looped: 0, longestGapMs: 66, clockWentBack: false };
const sound = { seq: 1, capturedAt: 5, width: 640, height: 480, faces: [face], scene: { brightness: 120, contrast: 40 }, timings: { queueMs: 0, detectMs: 0, embedMs: 0, totalMs: 0 } };
const result = (changes) => ({ t: 'result', result: { ...sound, ...changes } });
const ofFace = (changes) => result({ faces: [{ ...face, ...changes }] });
process.on('message', ({ t }) => {
  if (t === 'stop') process.exit(0);
  if (t !== 'start') return;
  for (const message of [${messages.join(',\n')}]) process.send(message);
});
setInterval(() => {}, 1000);
`,
  );
  const results: VisionResult[] = [];
  const logged: string[] = [];
  const client = new VisionClient({
    settings: {} as never,
    clock: realClock,
    childFile,
    log: (_level, message) => logged.push(message),
  });
  vision = client;
  client.onResult((result) => results.push(result));
  await client.start();
  return { client, results, logged };
}

describe('a vision process that says nonsense', () => {
  it('makes nobody hear of it, ends nothing, and is told once in the log', async () => {
    const nonsense = [
      'null',
      '7',
      '[]',
      '{}',
      '{ t: 7 }',
      "{ t: 'sing' }",
      "{ t: 'result' }",
      "{ t: 'result', result: null }",
      "{ t: 'result', result: [] }",
      'result({ faces: undefined })',
      "result({ faces: 'many' })",
      'result({ faces: [null] })',
      'result({ faces: new Array(5000).fill(face) })',
      'result({ seq: NaN })',
      'result({ capturedAt: Infinity })',
      "result({ capturedAt: 'now' })",
      'result({ width: 0 })',
      'result({ height: 1e9 })',
      'result({ scene: undefined })',
      'result({ timings: null })',
      'result({ body: {} })',
      'result({ body: { points: [1, 2, 3] } })',
      'result({ body: { points: new Float32Array(1e6) } })',
      "result({ colour: { face: [1, 2], background: 'blue' } })",
      'result({ capture: 7 })',
      "result({ capture: { ...capture, session: 'mine' } })",
      "result({ capture: { ...capture, clockWentBack: 'no' } })",
      'ofFace({ box: undefined })',
      "ofFace({ box: { x: 0, y: 0, width: '1', height: 1 } })",
      'ofFace({ points: [] })',
      'ofFace({ points: new Array(5).fill(null) })',
      'ofFace({ quality: undefined })',
      'ofFace({ quality: {} })',
      'ofFace({ embedding: [1, 0, 0, 0] })',
      'ofFace({ embedding: new Float32Array(1e6) })',
      "ofFace({ passive: { live: 'yes', v2: 1, v1se: 1, box: 'mesh' } })",
      "ofFace({ passive: { live: 1, v2: 1, v1se: 1, box: 'none' } })",
      'ofFace({ mesh: { points: new Float32Array(7), sidePx: 100, score: 1 } })',
      "ofFace({ mesh: { points: 'all', sidePx: 100, score: 1 } })",
      "{ t: 'networks', networks: 7 }",
      "{ t: 'camera', state: 'dancing' }",
      "{ t: 'camera', state: 'running', identity: 'usb' }",
      "{ t: 'frame', capturedAt: 'now' }",
      "{ t: 'heartbeat', fps: 'many' }",
      "{ t: 'code', text: 7 }",
      "{ t: 'preview', seq: 1, jpeg: 'picture' }",
      "{ t: 'still', id: 1, analysis: null }",
      "{ t: 'stillFailed', id: 1 }",
      "{ t: 'failed' }",
      "{ t: 'log', level: 'shout', message: 'x' }",
      "{ t: 'log', level: 'info', message: { not: 'text' } }",
      "{ t: 'ready', version: 4, pack: null, engine: 'x' }",
    ];
    const whole =
      "ofFace({ embedding: new Float32Array(4), passive: { live: NaN, v2: 0, v1se: 0, box: 'mesh' }, mesh: { points: new Float32Array(1404), sidePx: 100, score: 1 } })";
    const room = await saying([
      READY,
      ...nonsense,
      "{ t: 'camera', state: 'running' }",
      'result({ seq: 2, capture })',
      whole,
    ]);
    room.client.preview(() => {});
    await eventually('the sound ones were heard', () => room.results.length >= 2);
    // A number that is none is for whoever judges it.
    expect(room.results.map(({ seq }) => seq)).toEqual([2, 1]);
    expect(room.client.status()).toMatchObject({ process: 'running', camera: 'running', networks: {}, fps: 0 });
    expect(room.logged.filter((line) => line.includes('nonsense'))).toHaveLength(1);
  });

  it('that does not even say properly that it is ready is not taken for ready', async () => {
    const room = await saying([
      "{ t: 'ready' }",
      "{ t: 'ready', version: 4, pack: { id: 7 }, engine: 1 }",
      "{ t: 'log', level: 'info', message: 'said' }",
    ]);
    await eventually('it spoke', () => room.logged.includes('said'));
    expect(room.client.status().process).toBe('starting');
  });
});
