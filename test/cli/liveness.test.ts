import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SystemClock } from '../../src/adapters/clock-system.js';
import { CryptoRandom } from '../../src/adapters/random-crypto.js';
import { StateStore } from '../../src/adapters/store-lowdb.js';
import { Decisions } from '../../src/auth/decisions.js';
import { EXIT_CODES } from '../../src/cli/exit-codes.js';
import { livenessCommand } from '../../src/cli/liveness.js';
import { livenessCameraCommand } from '../../src/cli/liveness-camera.js';
import { runProgram } from '../../src/cli/program.js';
import type { Decision } from '../../src/domain/decision.js';
import type { LivenessEvidence } from '../../src/domain/liveness/evidence.js';
import type { CameraDevice } from '../../src/ports/camera.js';

let folder: string;
let state: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vestibule-liveness-'));
  state = join(folder, 'state');
});
afterEach(() => {
  process.exitCode = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** The devices of a machine as a test wants them. */
function devicesOf(device: CameraDevice | undefined): Parameters<typeof livenessCameraCommand>[1] {
  const found = { of: async () => device, v4l2: async () => device, sensor: async () => undefined };
  return found as unknown as Parameters<typeof livenessCameraCommand>[1];
}

async function run(
  args: readonly string[],
  device?: CameraDevice,
): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const keep = { write: (text: string) => (out += text) };
  const code = await runProgram([...args, '--state', state], { out: keep, err: { write: (text) => (err += text) } }, [
    { name: 'liveness', description: '', load: async () => livenessCommand(keep) },
    { name: 'camera', description: '', load: async () => livenessCameraCommand(keep, devicesOf(device)) },
  ]);
  process.exitCode = undefined;
  return { code, out, err };
}

/** Options for a configuration. */
function configured(config: object): string[] {
  const file = join(folder, 'vestibule.yaml');
  writeFileSync(file, JSON.stringify(config));
  return ['--config', file];
}

const DEVICE: CameraDevice = {
  busPath: 'usb-0000:01:00.0-1.3:1.0',
  model: '046d:0825',
  driver: 'uvcvideo',
  virtual: false,
};
const VIDEO0 = configuredCamera('/dev/video0');

function configuredCamera(source: string): object {
  return { camera: { source } };
}

describe('liveness camera', () => {
  it('pins the camera that is there, and then tells another one from it', async () => {
    const before = await run(['camera', ...configured(VIDEO0)], DEVICE);
    expect(before).toMatchObject({ code: 0, err: '' });
    expect(before.out).toContain('recorded   none');
    expect(before.out).toContain('No camera is recorded yet');
    const pinned = await run(['camera', '--pin', '--json', ...configured(VIDEO0)], DEVICE);
    expect(JSON.parse(pinned.out)).toMatchObject({ standing: { kind: 'usb', demo: false }, pinned: DEVICE });
    const same = await run(['camera', ...configured(VIDEO0)], DEVICE);
    expect(same.out).toContain('✓ A USB camera counts for liveness.');
    const other = await run(['camera', ...configured(VIDEO0)], { ...DEVICE, busPath: 'usb-0000:01:00.0-1.4:1.0' });
    expect(other.out).toContain('Another camera than the recorded one');
    expect(other.out).toContain('vestibule liveness camera --pin');
    // Looking changed nothing.
    expect((await run(['camera', ...configured(VIDEO0)], DEVICE)).out).toContain('✓');
  });

  it('refuses to pin what is no lens of this machine', async () => {
    for (const [source, device] of [
      ['demo', undefined],
      ['rtsp://camera/1', undefined],
      ['/dev/video9', { ...DEVICE, virtual: true }],
    ] as const) {
      const { code, err } = await run(['camera', '--pin', ...configured(configuredCamera(source))], device);
      expect(code).toBe(EXIT_CODES.failed);
      expect(err).toContain('only a USB camera or a sensor');
    }
    const gone = await run(['camera', '--pin', ...configured(VIDEO0)], undefined);
    expect(gone).toMatchObject({ code: EXIT_CODES.failed });
    expect(gone.err).toContain('No camera is there');
  });

  it('says that a recording counts only because the configuration says demo', async () => {
    const options = configured({ camera: { source: 'demo' }, liveness: { camera: 'demo' } });
    const { out } = await run(['camera', ...options]);
    expect(out).toContain('! The demo camera counts for liveness only because liveness.camera is demo.');
  });
});

const EVIDENCE: LivenessEvidence = {
  version: 1,
  factor: 'liveness',
  level: 'full',
  state: 'failed',
  reason: 'flat_picture',
  gates: [
    { gate: 'binding', state: 'passed', reason: 'ok', score: 0.71, threshold: 0.34, frames: 9 },
    { gate: 'active', state: 'failed', reason: 'flat_picture', facts: { verified: 0 } },
    { gate: 'passive', state: 'passed', reason: 'ok', score: 0.9312, threshold: 0.5, frames: 14, spanMs: 2100 },
    { gate: 'capture', state: 'passed', reason: 'ok', facts: { longestRepeat: 1 } },
  ],
  actions: [
    {
      action: 'turn_left',
      outcome: 'failed',
      reason: 'flat_picture',
      shownMs: 1200,
      onsetMs: 640,
      frames: 0,
      measures: { residual: 0.0123, yawDegrees: 3 },
    },
  ],
  networks: { passive: 'sha256:0123456789abcdef' },
  camera: { kind: 'usb', demo: false },
  frames: 43,
  durationMs: 5230,
};

async function journal(...decisions: readonly Decision[]): Promise<void> {
  const clock = new SystemClock();
  const store = new StateStore({ directory: state, clock, random: new CryptoRandom() });
  await store.open();
  const book = new Decisions({ store, clock, zone: 'UTC' });
  for (const decision of decisions) await book.add(decision);
  await store.close();
}

const denied: Decision = {
  id: '019aa3c0-0000-7000-8000-000000000001',
  purpose: 'login',
  outcome: 'denied',
  reason: 'challenge_failed',
  factors: [
    { kind: 'face', outcome: 'passed', reason: 'ok', score: 0.6, at: 10 },
    { kind: 'liveness', outcome: 'failed', reason: 'challenge_failed', evidence: EVIDENCE, at: 20 },
  ],
  at: 20,
};
const plain: Decision = {
  id: '019aa3c0-0000-7000-8000-000000000002',
  purpose: 'attend',
  outcome: 'granted',
  reason: 'ok',
  factors: [{ kind: 'face', outcome: 'passed', reason: 'ok', at: 30 }],
  at: 30,
};

describe('liveness explain', () => {
  it('prints every gate in the order of its naming, with score, threshold, frames, times and measures', async () => {
    await journal(denied, plain);
    const { code, out, err } = await run(['liveness', 'explain', 'last']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(denied.id);
    expect(out).toContain('login: denied (challenge_failed)');
    expect(out).toContain('liveness, level full: failed – a flat picture was moved (flat_picture)');
    expect(out).toContain('43 frames in 5.2 s; camera usb');
    expect(out).toContain('passive sha256:0123456789abcdef');
    const order = ['capture', 'passive', 'active', 'binding'].map((gate) => out.indexOf(`\n  ${gate}`));
    expect([...order].sort((a, b) => a - b)).toEqual(order);
    expect(out).toMatch(/passive\s+passed\s+0\.931\s+0\.500\s+14\s+2\.1 s/);
    expect(out).toMatch(
      /turn your head to your left\s+failed\s+1\.2 s\s+0\.6 s\s+–\s+0\s+a flat picture was moved; residual 0\.012, yawDegrees 3/,
    );
  });

  it('finds a decision by its id, and gives the whole record as JSON', async () => {
    await journal(denied, plain);
    const { out } = await run(['liveness', 'explain', denied.id, '--json']);
    expect(JSON.parse(out)).toMatchObject({ id: denied.id, factors: [{}, { evidence: EVIDENCE }] });
    expect((await run(['liveness', 'explain', plain.id])).out).toContain('rests on no liveness');
  });

  it('says so when there is no such decision', async () => {
    expect((await run(['liveness', 'explain', 'last'])).err).toContain('No decision in the journal rests on liveness');
    await journal(plain);
    const { code, err } = await run(['liveness', 'explain', 'nothing']);
    expect(code).toBe(EXIT_CODES.failed);
    expect(err).toContain('There is no decision with the id "nothing"');
    expect((await run(['liveness', 'explain', 'last'])).code).toBe(EXIT_CODES.failed);
  });
});
