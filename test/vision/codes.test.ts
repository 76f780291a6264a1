import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { ImagingOpencv } from '../../src/adapters/imaging-opencv.js';
import { NO_CODE, seeCode } from '../../src/domain/shown-code.js';
import { installPack } from '../../src/packs/install.js';
import { VisionClient } from '../../src/vision/client.js';
import { CodeScan } from '../../src/vision/codes/code-scan.js';
import type { VisionSettings } from '../../src/vision/protocol.js';
import { type CodeStage, shownCodesContract } from '../contracts/shown-codes.js';
import { builtSource } from '../fakes/built-source.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { FakeVision } from '../fakes/fake-vision.js';
import { codePicture, qrCells } from '../support/drawn-codes.js';
import { eventually, realClock } from '../support/real-time.js';

const out = builtSource();
const folder = mkdtempSync(join(tmpdir(), 'vestibule-codes-'));
const modelsDirectory = join(folder, 'models');
await installPack('core', { modelsDirectory });
const imaging = await ImagingOpencv.load();
afterAll(() => {
  rmSync(out, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

const base: VisionSettings = {
  source: { kind: 'browser' },
  width: 640,
  height: 480,
  fps: 15,
  rotate: 0,
  mirror: false,
  modelsDirectory,
  pack: 'core',
  detectSize: 320,
  maxInferencesPerSecond: 15,
  motionGate: true,
  previewFps: 15,
  previewQuality: 75,
  stallMs: 1000,
};

async function startVision(settings: Partial<VisionSettings>, logged: string[] = []): Promise<VisionClient> {
  const vision = new VisionClient({
    settings: { ...base, ...settings },
    clock: realClock,
    childFile: join(out, 'vision', 'main.js'),
    log: (_, message) => logged.push(message),
  });
  await vision.start();
  await eventually('the vision process runs', () => vision.status().process === 'running', 25_000);
  return vision;
}

/** The real process; its camera is a browser that shows drawn pictures, 15 a second. */
async function realStage(): Promise<CodeStage> {
  const vision = await startVision({});
  const hall = await imaging.encodeJpeg(codePicture(undefined), 85);
  let shown = hall;
  const timer = setInterval(() => vision.browserFrame(shown), 66);
  let latest = '';
  return {
    vision,
    show(text) {
      latest = text;
      void imaging.encodeJpeg(codePicture(qrCells(text), { cell: 5 }), 85).then((jpeg) => {
        if (latest === text) shown = jpeg;
      });
    },
    hide() {
      latest = '';
      shown = hall;
    },
    pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    async dispose() {
      clearInterval(timer);
      await vision.stop();
    },
  };
}

shownCodesContract('the vision process', realStage);
shownCodesContract('the fake', async () => {
  const vision = new FakeVision();
  await vision.start();
  return {
    vision,
    show: (text) => vision.showCode(text),
    hide: () => vision.hideCode(),
    pass: async () => {},
    dispose: () => vision.stop(),
  };
});

describe('the vision process', () => {
  it('reads the badge in a replayed clip, also after it was started again, and never logs it', async () => {
    const text = 'VISITOR-7713';
    const [hall, held] = [codePicture(undefined), codePicture(qrCells(text), { cell: 5, turn: 10 })];
    const raw = Buffer.concat([...Array(8).fill(hall.bgr), ...Array(30).fill(held.bgr)]);
    const path = join(folder, 'badge.avi');
    const input = ['-f', 'rawvideo', '-pix_fmt', 'bgr24', '-s', '640x480', '-r', '15', '-i', '-'];
    execFileSync('ffmpeg', ['-v', 'error', '-y', ...input, '-c:v', 'mjpeg', '-q:v', '4', path], { input: raw });
    const logged: string[] = [];
    const vision = await startVision({ source: { kind: 'file', path, pace: 'own', loop: true } }, logged);
    try {
      const texts: string[] = [];
      const end = vision.scanCodes((found) => texts.push(found));
      await eventually('it is read', () => texts.length > 0);
      const pid = vision.pid!;
      process.kill(pid, 'SIGKILL');
      await eventually('another process runs', () => vision.pid !== undefined && vision.pid !== pid);
      const before = texts.length;
      await eventually('it is read again', () => texts.length > before, 25_000);
      end();
      expect(new Set(texts)).toEqual(new Set([text]));
      expect(logged.join('\n')).not.toContain(text);
    } finally {
      await vision.stop();
    }
  });
});

describe('CodeScan', () => {
  const file = pathToFileURL(join(out, 'vision', 'codes', 'worker.js'));
  const threads = (): number => readdirSync('/proc/self/task').length;

  it('has no thread while nobody asks, passes pictures over, and rests as long as it searched', async () => {
    const clock = new FakeClock();
    const codes: string[] = [];
    const troubles: string[] = [];
    const scan = new CodeScan({ clock, file, onCode: (text) => codes.push(text), onTrouble: (m) => troubles.push(m) });
    // The pool that reads files starts its threads with the first files.
    await Promise.all(Array.from({ length: 8 }, () => readFile(import.meta.filename)));
    const before = threads();
    const picture = codePicture(qrCells('A-1'));
    for (let i = 0; i < 5; i++) scan.offer(picture);
    expect(threads()).toBe(before);
    scan.set(true);
    await eventually('it is read', () => {
      clock.advance(1);
      scan.offer(picture);
      return codes.length > 0;
    });
    expect(codes).toEqual(['A-1']);
    expect(picture.bgr.length).toBe(640 * 480 * 3);
    scan.set(false);
    scan.set(true);
    await eventually('what was seen is forgotten with the end', () => {
      clock.advance(1);
      scan.offer(picture);
      return codes.length > 1;
    });
    scan.set(false);
    await eventually('the thread is gone', () => threads() <= before);
    expect(troubles).toEqual([]);
  });

  it('says once that its thread cannot start and tries again later', async () => {
    const clock = new FakeClock();
    const troubles: string[] = [];
    const missing = pathToFileURL(join(folder, 'no-such-worker.js'));
    const scan = new CodeScan({ clock, file: missing, onCode: () => {}, onTrouble: (m) => troubles.push(m) });
    scan.set(true);
    const picture = codePicture(undefined, { width: 64, height: 48 });
    scan.offer(picture);
    await eventually('it is said', () => troubles.length === 1);
    for (let i = 0; i < 10; i++) scan.offer(picture);
    clock.advance(5001);
    scan.offer(picture);
    await eventually('it was tried again', () => troubles.length === 2);
    expect(troubles[0]).toMatch(/search for codes failed/);
    scan.set(false);
  });

  it('ends a thread that hangs', async () => {
    const clock = new FakeClock();
    const troubles: string[] = [];
    const silent = new URL(`data:text/javascript,${encodeURIComponent('setInterval(() => {}, 1000);')}`);
    const scan = new CodeScan({ clock, file: silent, onCode: () => {}, onTrouble: (m) => troubles.push(m) });
    scan.set(true);
    const picture = codePicture(undefined, { width: 64, height: 48 });
    scan.offer(picture);
    clock.advance(10_001);
    scan.offer(picture);
    expect(troubles).toEqual(['The search for codes hangs.']);
    scan.set(false);
  });
});

describe('seeCode', () => {
  it('believes stripes only when they are read twice within a second', () => {
    const linear = { text: '4006381333931', linear: true };
    const first = seeCode(NO_CODE, linear, 1000);
    expect(first.tell).toBeUndefined();
    expect(seeCode(first.sight, linear, 1900).tell).toBe(linear.text);
    expect(seeCode(first.sight, linear, 2100).tell).toBeUndefined();
    expect(seeCode(first.sight, { ...linear, text: '96385074' }, 1200).tell).toBeUndefined();
    expect(seeCode(NO_CODE, { ...linear, linear: false }, 1000).tell).toBe(linear.text);
  });

  it('tells a code once as long as it is in sight, and again after two seconds away', () => {
    const code = { text: 'A-1', linear: false };
    let sight = NO_CODE;
    const told: number[] = [];
    for (const at of [0, 500, 2400, 4300, 6200, 8200, 8300]) {
      const step = seeCode(sight, code, at);
      sight = step.sight;
      if (step.tell !== undefined) told.push(at);
    }
    expect(told).toEqual([0, 8200]);
  });

  it('takes surrounding blanks away and tells nothing but printable ASCII', () => {
    expect(seeCode(NO_CODE, { text: ' A-1\r\n', linear: false }, 0).tell).toBe('A-1');
    for (const text of ['', '  ', 'Zoë', 'a\u0007b', 'a\u2028b', 'x'.repeat(129), 'x'.repeat(3000)])
      expect(seeCode(NO_CODE, { text, linear: false }, 0).tell).toBeUndefined();
  });
});
