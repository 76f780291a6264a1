import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { demoEnrolments } from '../../src/adapters/demo-enrolment.js';
import { judgePhoto } from '../../src/domain/quality-gate.js';
import { dot } from '../../src/domain/vector.js';
import { installPack } from '../../src/packs/install.js';
import type { VisionStatus } from '../../src/ports/vision.js';
import { VisionClient } from '../../src/vision/client.js';
import type { VisionSettings } from '../../src/vision/protocol.js';
import { writeTestVideo } from '../support/pictures.js';
import { eventually, realClock } from '../support/real-time.js';

const here = dirname(fileURLToPath(import.meta.url));
const dist = resolve(here, '..', '..', 'dist');
const childFile = join(dist, 'vision', 'main.js');
const folder = mkdtempSync(join(tmpdir(), 'vestibule-vision-'));
const modelsDirectory = join(folder, 'models');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const demo: VisionSettings = {
  source: { kind: 'demo' },
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

let vision: VisionClient | undefined;
let seen: VisionStatus[] = [];
const logged: string[] = [];

async function start(settings: Partial<VisionSettings> = {}, file: string = childFile): Promise<VisionClient> {
  seen = [];
  const client = new VisionClient({
    settings: { ...demo, ...settings },
    clock: realClock,
    childFile: file,
    log: (_, message) => logged.push(message),
  });
  client.onStatus((status) => seen.push(status));
  vision = client;
  await client.start();
  return client;
}
const running = (client: VisionClient): Promise<void> =>
  eventually(
    'vision and its camera run',
    () => {
      const { process: state, camera } = client.status();
      return state === 'running' && camera === 'running';
    },
    25_000,
  );
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

beforeAll(async () => {
  await installPack('core', { modelsDirectory });
});
afterEach(async () => {
  await vision?.stop();
  vision = undefined;
});

describe('the vision process', () => {
  it('analyses the demo, shares previews between listeners, and stops when told', async () => {
    const client = await start();
    let faces = 0;
    client.onResult((result) => {
      faces += result.faces.length;
    });
    const one: Uint8Array[] = [];
    const two: Uint8Array[] = [];
    const endOne = client.preview((jpeg) => one.push(jpeg));
    const endTwo = client.preview((jpeg) => two.push(jpeg));
    client.overlay([{ box: { x: 10, y: 10, width: 50, height: 50 }, label: 'Zoë', tone: 'good' }]);
    await running(client);
    await eventually('faces are seen', () => faces > 3);
    await eventually('both listeners got previews', () => one.length > 10 && two.length > 10);
    expect(one[5]).toEqual(two[5]);
    endOne();
    const stoppedAt = one.length;
    await eventually('the other one goes on', () => two.length > stoppedAt + 3);
    expect(one.length).toBe(stoppedAt);
    endTwo();
    const status = client.status();
    expect(status.frameAgeMs).toBeDefined();
    expect(status).toMatchObject({ cameraIdentity: { kind: 'demo', recorded: true }, pack: { id: 'core', dim: 128 } });
    expect(status.engine).toMatch(/^onnxruntime-node \d/);
    const pid = client.pid!;
    await client.stop();
    expect(alive(pid)).toBe(false);
    expect(client.status().process).toBe('stopped');
    await expect(client.still(new Uint8Array(3))).rejects.toMatchObject({ code: 'vision_unavailable' });
  });

  it('recognises the demo people from enrolment pictures that pass the gate, and survives hostile stills', async () => {
    const client = await start({ source: { kind: 'none' } });
    const vectors: Float32Array[] = [];
    for (const person of demoEnrolments()) {
      const own: Float32Array[] = [];
      for (const photo of await person.photos()) {
        const verdict = judgePhoto((await client.still(photo)).faces, { minEyeDistancePx: 60 });
        expect(verdict, person.name).toMatchObject({ ok: true });
        if (verdict.ok) own.push(verdict.face.embedding!);
      }
      expect(dot(own[0]!, own[1]!)).toBeGreaterThan(0.95);
      vectors.push(own[0]!);
    }
    expect(vectors.length).toBeGreaterThanOrEqual(4);
    for (const [i, a] of vectors.entries()) for (const b of vectors.slice(i + 1)) expect(dot(a, b)).toBeLessThan(0.94);
    const pid = client.pid;
    const bomb = Buffer.alloc(70);
    bomb.write('BM', 'latin1');
    bomb.writeInt32LE(0x7fffffff, 18);
    for (const bytes of [new Uint8Array(), bomb, Buffer.from([0xff, 0xd8, 0xff, 0xd9]), Buffer.alloc(6_000_000)]) {
      await expect(client.still(bytes)).rejects.toMatchObject({ code: 'image_refused' });
    }
    expect(client.pid).toBe(pid);
    const [someone] = demoEnrolments();
    expect((await client.still((await someone!.photos())[0]!)).faces.length).toBe(1);
  });

  it('is started again after kill -9; stills on their way are refused', async () => {
    const client = await start();
    await running(client);
    const pid = client.pid!;
    const photo = (await demoEnrolments()[0]!.photos())[0]!;
    const pending = Promise.allSettled([client.still(photo), client.still(photo), client.still(photo)]);
    process.kill(pid, 'SIGKILL');
    const settled = await pending;
    expect(settled.at(-1)).toMatchObject({ status: 'rejected', reason: { code: 'vision_unavailable' } });
    await eventually('it is said', () => seen.some((status) => status.process === 'restarting'));
    await running(client);
    expect(client.pid).not.toBe(pid);
    expect(client.status()).toMatchObject({ restarts: 1 });
    expect(client.status().fault).toBeUndefined();
    expect((await client.still(photo)).faces.length).toBe(1);
  });

  it('is ended and started again when it hangs', async () => {
    const client = await start();
    await running(client);
    const pid = client.pid!;
    process.kill(pid, 'SIGSTOP');
    await eventually('it is ended', () => !alive(pid), 12_000);
    await running(client);
    expect(client.status().restarts).toBe(1);
    expect(logged.some((line) => line.includes('did not answer'))).toBe(true);
  });

  it('is ended when its engine hangs, although its camera still gives frames', async () => {
    const client = await start({}, join(here, '..', 'fakes', 'bin', 'hung-engine-vision-process.mjs'));
    await eventually('it works', () => client.status().process === 'running');
    const pid = client.pid!;
    await eventually('it is ended', () => !alive(pid), 12_000);
    await eventually('it is started again', () => client.status().restarts === 1, 5000);
  });

  it('ends itself when its engine hangs on a frame, says why, and is started again', async () => {
    const client = await start({}, join(here, '..', 'fakes', 'bin', 'hung-worker-vision-process.mjs'));
    let results = 0;
    client.onResult(() => {
      results += 1;
    });
    await eventually('frames are analysed', () => results > 0, 25_000);
    const pid = client.pid!;
    await eventually('it ends', () => !alive(pid), 9000);
    await eventually('it is started again', () => client.status().restarts === 1, 5000);
    const said = seen.map((status) => status.fault?.message);
    expect(said).toContainEqual(expect.stringContaining('did not finish a picture within 4 s'));
  });

  it('reports a camera that is lost and takes it back without a restart', async () => {
    const original = writeTestVideo(folder, 1);
    const path = join(folder, 'camera.avi');
    copyFileSync(original, path);
    const client = await start({ source: { kind: 'file', path, pace: 'own', loop: true } });
    await running(client);
    const pid = client.pid;
    renameSync(path, `${path}.away`);
    await eventually('it is lost', () => client.status().camera === 'lost', 5000);
    expect(client.status().cameraDetail).toContain('camera.avi');
    renameSync(`${path}.away`, path);
    await running(client);
    expect(client.pid).toBe(pid);
    expect(client.status().cameraDetail).toBeUndefined();
  });

  it('says that a pack is missing and does not start again at once', async () => {
    const client = await start({ modelsDirectory: join(folder, 'nothing-here') });
    const early = client.still(new Uint8Array(3)).catch((error) => error);
    await eventually('it is down', () => client.status().process === 'restarting', 20_000);
    expect(client.status().fault).toMatchObject({ code: 'pack_missing', message: expect.stringContaining('core') });
    expect(await early).toMatchObject({ code: 'vision_unavailable' });
    await expect(client.still(new Uint8Array(3))).rejects.toMatchObject({ code: 'vision_unavailable' });
    await new Promise((done) => setTimeout(done, 1500));
    expect(client.status().restarts).toBe(0);
  });

  it('tells the age of the newest frame at the moment of asking', async () => {
    let mono = 90_000;
    const client = new VisionClient({
      settings: { ...demo, fps: 90_100 },
      clock: { mono: () => mono, after: (ms, callback) => realClock.after(ms, callback) },
      childFile: join(here, '..', 'fakes', 'bin', 'framing-vision-process.mjs'),
      log: () => undefined,
    });
    vision = client;
    expect(client.status().frameAgeMs).toBeUndefined();
    await client.start();
    await eventually('the heartbeat', () => client.status().fps === 15);
    mono = 90_140;
    expect(client.status().frameAgeMs).toBe(40);
    mono = 92_100;
    expect(client.status().frameAgeMs).toBe(2000);
    process.kill(client.pid!, 'SIGKILL');
    await eventually('it is down', () => client.status().process === 'restarting');
    expect(client.status().frameAgeMs).toBeUndefined();
  });

  it('refuses a vision process of another version', async () => {
    const client = await start({}, join(here, '..', 'fakes', 'bin', 'old-vision-process.mjs'));
    await eventually('it is refused', () => client.status().process === 'restarting');
    expect(client.status().fault?.message).toContain('protocol 0');
  });

  it('takes pictures of the browser only where the browser is the source', async () => {
    const other = await start({ source: { kind: 'none' } });
    expect(other.browserFrame(new Uint8Array(3))).toBe(false);
    await other.stop();
    const client = await start({ source: { kind: 'browser' } });
    let frames = 0;
    client.onResult(() => {
      frames += 1;
    });
    const video = await import('../support/pictures.js');
    const jpeg = video.writeTestPicture(folder, 'browser.jpg', '640x480');
    await eventually(
      'its pictures are analysed',
      () => {
        client.browserFrame(jpeg);
        return frames > 2;
      },
      20_000,
    );
    expect(client.status().cameraIdentity?.kind).toBe('browser');
  });

  it('ends when the daemon dies', async () => {
    const args = ['client.js', '../adapters/clock-monotonic.js'].map((name) => join(dist, 'vision', name));
    const parent = spawn(
      process.execPath,
      [join(here, '..', 'fakes', 'bin', 'orphan-maker.mjs'), ...args, childFile, JSON.stringify(demo)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [text] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(text.toString().split('\n')[0]);
    expect(alive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await eventually('the vision process is gone', () => !alive(pid));
  });
});
