import { afterEach, describe, expect, it } from 'vitest';
import { ImagingOpencv } from '../../src/adapters/imaging-opencv.js';
import { VestibuleError } from '../../src/domain/errors.js';
import type { Picture } from '../../src/domain/frame.js';
import type { Analysis } from '../../src/vision/analysis.js';
import { VisionLoop } from '../../src/vision/loop.js';
import type { MeasureOrder } from '../../src/vision/measure/measurer.js';
import type { FromChild, VisionSettings } from '../../src/vision/protocol.js';
import { FakeCamera } from '../fakes/fake-camera.js';
import { eventually, realClock } from '../support/real-time.js';

const settings: VisionSettings = {
  source: { kind: 'none' },
  width: 64,
  height: 48,
  fps: 50,
  rotate: 0,
  mirror: false,
  modelsDirectory: '',
  pack: 'core',
  detectSize: 320,
  maxInferencesPerSecond: 60,
  motionGate: false,
  previewFps: 30,
  previewQuality: 75,
  stallMs: 300,
};
const nobody: Analysis = { faces: [], scene: { brightness: 1, contrast: 1 }, timings: { detectMs: 1, embedMs: 0 } };
const imaging = await ImagingOpencv.load();
let loop: VisionLoop | undefined;
afterEach(() => loop?.stop());

function run(options: {
  readonly settings?: Partial<VisionSettings>;
  readonly analyse?: (picture: Picture, order?: MeasureOrder) => Promise<Analysis>;
  readonly prepare?: (camera: FakeCamera) => void;
}): { sent: FromChild[]; camera: FakeCamera; of: <T extends FromChild['t']>(t: T) => Extract<FromChild, { t: T }>[] } {
  const sent: FromChild[] = [];
  const camera = new FakeCamera({ clock: realClock, intervalMs: 20 });
  options.prepare?.(camera);
  loop = new VisionLoop({
    clock: realClock,
    imaging,
    camera,
    settings: { ...settings, ...options.settings },
    analyse: options.analyse ?? (async () => nobody),
    send: (message) => sent.push(message),
  });
  loop.start();
  const of = <T extends FromChild['t']>(t: T) => sent.filter((m): m is Extract<FromChild, { t: T }> => m.t === t);
  return { sent, camera, of };
}

describe('VisionLoop', () => {
  it('tells results with the seq and time of their frame', async () => {
    const { of } = run({});
    await eventually('five results', () => of('result').length >= 5);
    const results = of('result').map((message) => message.result);
    expect(results[0]).toMatchObject({ width: 64, height: 48, faces: [] });
    for (const [i, result] of results.entries()) {
      if (i > 0) expect(result.seq).toBeGreaterThan(results[i - 1]!.seq);
      expect(result.timings.totalMs).toBeGreaterThanOrEqual(result.timings.queueMs);
    }
    expect(loop?.fps()).toBeGreaterThan(0);
  });

  it('tells when every frame was captured, analysed or not', async () => {
    const { of } = run({ settings: { maxInferencesPerSecond: 5 } });
    await eventually('three results', () => of('result').length >= 3);
    const told = of('frame').map(({ capturedAt }) => capturedAt);
    expect(told.length).toBeGreaterThan(of('result').length);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    for (const { result } of of('result')) expect(told).toContain(result.capturedAt);
  });

  it('takes the newest frame when the analysis is slower than the camera', async () => {
    const { of } = run({
      analyse: async () => {
        await new Promise((resolve) => setTimeout(resolve, 110));
        return nobody;
      },
    });
    await eventually('four results', () => of('result').length >= 4);
    const seqs = of('result').map(({ result }) => result.seq);
    for (let i = 2; i < seqs.length; i++) expect(seqs[i]! - seqs[i - 1]!).toBeGreaterThanOrEqual(2);
    for (const { result } of of('result')) expect(result.timings.queueMs).toBeLessThan(110);
  });

  it('encodes a preview only on credit', async () => {
    const { of } = run({});
    await eventually('a result', () => of('result').length > 2);
    expect(of('preview')).toEqual([]);
    loop?.credit(2);
    await eventually('five more results', () => of('result').length > 20);
    expect(of('preview').length).toBe(2);
    expect([...of('preview')[0]!.jpeg.subarray(0, 2)]).toEqual([0xff, 0xd8]);
  });

  it('rotates and shrinks what the camera gives', async () => {
    const { of } = run({ settings: { width: 32, height: 48, rotate: 90 } });
    await eventually('a result', () => of('result').length > 0);
    expect(of('result')[0]!.result).toMatchObject({ width: 24, height: 32 });
  });

  it('reports a lost camera with its reason, opens it again and goes on', async () => {
    const { of, camera } = run({});
    await eventually('the camera runs', () => of('camera').some((m) => m.state === 'running'));
    camera.refusal = new VestibuleError('camera_open_failed', 'unplugged');
    camera.freeze();
    await eventually('it is lost', () => of('camera').some((m) => m.state === 'lost' && m.detail === 'unplugged'));
    const before = of('result').length;
    camera.refusal = undefined;
    await eventually('it is back', () => of('camera').at(-1)?.state === 'running');
    await eventually('results go on', () => of('result').length > before + 2);
    expect(camera.starts).toBeGreaterThanOrEqual(3);
  });

  it('goes on after an analysis that failed, and complains once', async () => {
    const { of } = run({
      analyse: async () => {
        throw new VestibuleError('engine_failed', 'the network refused');
      },
    });
    await eventually('frames pass', () => (loop?.fps() ?? 0) > 10);
    expect(of('log').length).toBe(1);
    expect(of('result')).toEqual([]);
  });

  describe('while something is measured', () => {
    const wish = { passive: true, mesh: true, body: false, colour: false };

    it('asks for it and tells what every frame of the camera was like, until it is stopped', async () => {
      const orders: (MeasureOrder | undefined)[] = [];
      const { of } = run({
        prepare: (camera) => {
          camera.grey = (seq) => seq % 250;
        },
        settings: { maxInferencesPerSecond: 10 },
        analyse: async (_, order) => {
          orders.push(order);
          return { ...nobody, ...(order && { body: { points: new Float32Array(51) } }) };
        },
      });
      await eventually('a result', () => of('result').length > 0);
      loop?.measure(4, wish);
      await eventually('five measured results', () => of('result').filter(({ result }) => result.capture).length >= 5);
      loop?.measure(4, { ...wish, body: true });
      await eventually('the wish changed', () => orders.at(-1)?.wish.body === true);
      loop?.measure(4, undefined);
      await eventually('it has ended', () => orders.at(-1) === undefined);
      await eventually('two more results', () =>
        of('result')
          .slice(-2)
          .every(({ result }) => !result.capture),
      );
      const results = of('result').map(({ result }) => result);
      expect(results[0]).not.toHaveProperty('capture');
      const measured = results.filter(({ capture }) => capture !== undefined);
      expect(measured.every(({ body, capture }) => body !== undefined && capture!.session === 4)).toBe(true);
      const { frames, longestRepeat, looped, clockWentBack } = measured.at(-1)!.capture!;
      expect(frames).toBeGreaterThan(measured.length);
      expect({ longestRepeat, looped, clockWentBack }).toEqual({ longestRepeat: 1, looped: 0, clockWentBack: false });
      expect(new Set(orders.filter((order) => order !== undefined).map(({ session }) => session))).toEqual(
        new Set([4]),
      );
    });

    it('finds a frozen camera and a recording that begins anew, and counts a new session from its first frame', async () => {
      const { of, camera } = run({
        prepare: (fake) => {
          fake.grey = () => 128;
        },
      });
      loop?.measure(1, wish);
      const newest = () => of('result').at(-1)?.result.capture;
      await eventually('frames repeat', () => (newest()?.longestRepeat ?? 0) > 4);
      expect(newest()).toMatchObject({ session: 1, looped: 0 });
      camera.grey = (seq) => seq % 5;
      loop?.measure(2, wish);
      await eventually('it is looped', () => newest()?.session === 2 && newest()!.looped > 4);
      expect(newest()).toMatchObject({ longestRepeat: 1 });
    });

    it('analyses a still, empty scene at full rate, which the motion gate would not', async () => {
      const { of } = run({ settings: { motionGate: true } });
      await eventually('the gate has closed', () => (of('result').at(-1)?.result.seq ?? 0) > 160, 12_000);
      const before = of('result').length;
      loop?.measure(1, wish);
      await eventually('ten more results', () => of('result').length >= before + 10);
      const seqs = of('result')
        .slice(before + 1)
        .map(({ result }) => result.seq);
      expect(seqs.at(-1)! - seqs[0]!).toBeLessThan(3 * seqs.length);
    });
  });

  it('says that there is no camera where the configuration says none', async () => {
    const sent: FromChild[] = [];
    loop = new VisionLoop({
      clock: realClock,
      imaging,
      camera: undefined,
      settings,
      analyse: async () => nobody,
      send: (message) => sent.push(message),
    });
    loop.start();
    expect(sent).toEqual([{ t: 'camera', state: 'none', detail: expect.any(String) }]);
  });
});
