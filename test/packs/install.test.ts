import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { curvesOf } from '../../src/packs/calibration.js';
import { type InstallProgress, installPack } from '../../src/packs/install.js';
import { packManifest, readManifest } from '../../src/packs/manifest.js';
import { packHash } from '../../src/packs/pack-hash.js';
import { bestPack, listPacks, verifyPack } from '../../src/packs/verify.js';
import { loadFacePipeline } from '../../src/vision/inference/load-pipeline.js';
import { FileServer } from './file-server.js';
import { hasOpenPack, SHARED_MODELS } from './models-directory.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-install-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('core pack', () => {
  it('installs from the npm package without a network, twice without work, and is the best one present', async () => {
    const fetch = () => Promise.reject(new Error('no network'));
    expect(await bestPack(directory)).toBeUndefined();
    const steps: InstallProgress[] = [];
    const first = await installPack('core', { modelsDirectory: directory, fetch, onProgress: (p) => steps.push(p) });
    expect(first).toMatchObject({ pack: 'core', changed: true, hash: packHash(packManifest('core')) });
    expect(steps.at(-1)).toMatchObject({ step: 'build', doneBytes: steps.at(-1)!.totalBytes });
    const written = (await stat(join(directory, 'core', 'dlib-resnet-v1.onnx'))).mtimeMs;
    expect((await installPack('core', { modelsDirectory: directory, fetch })).changed).toBe(false);
    expect((await stat(join(directory, 'core', 'dlib-resnet-v1.onnx'))).mtimeMs).toBe(written);
    expect((await readdir(join(directory, 'core'))).filter((name) => /tmp|part/.test(name))).toEqual([]);
    expect(await bestPack(directory)).toBe('core');
  });

  it('names damaged and missing files and repairs them', async () => {
    await installPack('core', { modelsDirectory: directory });
    await writeFile(join(directory, 'core', 'face-landmarks-68.onnx'), 'damaged');
    await rm(join(directory, 'core', 'tiny_face_detector_model.bin'));
    const broken = await verifyPack('core', directory);
    expect(broken.state).toBe('broken');
    expect(broken.reasons.join(' ')).toMatch(
      /tiny_face_detector_model\.bin is missing.*face-landmarks-68\.onnx is not/s,
    );
    expect(await bestPack(directory)).toBeUndefined();
    expect((await installPack('core', { modelsDirectory: directory })).changed).toBe(true);
    expect((await verifyPack('core', directory)).state).toBe('installed');
  });

  it('is broken, not installed, while its record is missing', async () => {
    await installPack('core', { modelsDirectory: directory });
    await rm(join(directory, 'core', 'installed.json'));
    expect(await verifyPack('core', directory)).toMatchObject({
      state: 'broken',
      reasons: ['The installation was not finished.'],
    });
  });

  it('refuses an unknown pack by naming the known ones', async () => {
    await expect(installPack('other', { modelsDirectory: directory })).rejects.toThrow('known packs: core, open');
  });
});

describe('motion pack', () => {
  it('installs from the npm package without a network and is never taken for a face pack', async () => {
    const fetch = () => Promise.reject(new Error('no network'));
    const outcome = await installPack('motion', { modelsDirectory: directory, fetch, mirror: '/no/such/folder' });
    expect(outcome).toMatchObject({ pack: 'motion', changed: true, hash: packHash(packManifest('motion')) });
    expect(await verifyPack('motion', directory)).toMatchObject({ kind: 'motion', state: 'installed', reasons: [] });
    expect(await verifyPack('motion', directory)).not.toHaveProperty('dim');
    expect((await installPack('motion', { modelsDirectory: directory, fetch })).changed).toBe(false);
    expect(await bestPack(directory)).toBeUndefined();
    await installPack('core', { modelsDirectory: directory, fetch });
    expect(await bestPack(directory)).toBe('core');
    const engine = { name: 'none', load: () => Promise.reject(new Error('a network was loaded')) };
    await expect(loadFacePipeline(engine, directory, 'motion', { detectSize: 320 })).rejects.toMatchObject({
      code: 'pack_unsupported',
    });
    expect(() => curvesOf('motion')).toThrow('does not recognise faces');
  });

  it('is broken when a file is another one, and repaired by the next installation', async () => {
    await installPack('motion', { modelsDirectory: directory });
    await writeFile(join(directory, 'motion', 'facemesh.bin'), 'damaged');
    expect(await verifyPack('motion', directory)).toMatchObject({
      state: 'broken',
      reasons: [expect.stringContaining('facemesh.bin is not the published file')],
    });
    expect((await installPack('motion', { modelsDirectory: directory })).changed).toBe(true);
    expect((await verifyPack('motion', directory)).state).toBe('installed');
  });
});

describe.skipIf(!hasOpenPack)('open pack (needs ../shared/models/open)', () => {
  let server: FileServer;
  let mirror: string;
  const yunet = 'face_detection_yunet_2023mar.onnx';
  const pull = (options: Partial<Parameters<typeof installPack>[1]> = {}) =>
    installPack('open', { modelsDirectory: directory, mirror, stallMs: 300, ...options });

  beforeEach(async () => {
    server = new FileServer();
    for (const file of packManifest('open').files)
      server.files.set(`/open/${file.name}`, await readFile(join(SHARED_MODELS, 'open', file.name)));
    mirror = await server.start();
  });
  afterEach(() => server.stop());

  it('installs from a mirror folder, also one without pack folders, and beats core', async () => {
    await installPack('core', { modelsDirectory: directory });
    await installPack('open', { modelsDirectory: directory, mirror: join(SHARED_MODELS, 'open') });
    expect(await bestPack(directory)).toBe('open');
    expect((await listPacks(directory)).map(({ id, state }) => `${id} ${state}`)).toEqual([
      'open installed',
      'core installed',
      'motion missing',
    ]);
  });

  it('completes the installation of a release that built fewer models, from the files that are there', async () => {
    const manifest = structuredClone(readManifest());
    const open = manifest.packs.find(({ id }) => id === 'open')!;
    const added = open.builds.filter(({ importer }) => importer === 'minifasnet').map(({ name }) => name);
    expect(added).toHaveLength(2);
    open.builds = open.builds.filter(({ name }) => !added.includes(name));
    await pull({ manifest });
    expect((await verifyPack('open', directory, manifest)).state).toBe('installed');
    expect((await verifyPack('open', directory)).reasons).toEqual(added.map((name) => `${name} is missing.`));

    // Templates made with the earlier installation go on: what was added identifies nobody.
    expect(packHash(open)).toBe(packHash(packManifest('open')));
    const kept = (await stat(join(directory, 'open', yunet))).mtimeMs;
    const fetch = () => Promise.reject(new Error('no network'));
    expect(await pull({ fetch, mirror: undefined })).toMatchObject({ changed: true });
    expect((await verifyPack('open', directory)).state).toBe('installed');
    expect((await stat(join(directory, 'open', yunet))).mtimeMs).toBe(kept);
    const record = JSON.parse(await readFile(join(directory, 'open', 'installed.json'), 'utf8'));
    expect(record.files.map(({ name }: { name: string }) => name)).toEqual(expect.arrayContaining(added));
  });

  it('downloads with progress over all files', async () => {
    const steps: InstallProgress[] = [];
    await pull({ onProgress: (step) => steps.push(step) });
    const done = steps.map((step) => step.doneBytes);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(steps.at(-1)!.doneBytes).toBe(6_282_520);
  });

  it('resumes a cut download where it stopped', async () => {
    server.plan(`/open/${yunet}`, 'cut');
    await pull();
    const ranges = server.requests.filter(({ path }) => path.endsWith(yunet)).map(({ range }) => range);
    expect(ranges).toHaveLength(2);
    expect(ranges[0]).toBeUndefined();
    expect(ranges[1]).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it('resumes in a later run what an earlier one left behind', async () => {
    server.plan(`/open/${yunet}`, 'cut', 'error', 'error');
    await expect(pull()).rejects.toMatchObject({ code: 'pack_download_failed' });
    const part = join(directory, 'open', `${yunet}.part`);
    const left = (await stat(part)).size;
    expect(left).toBeGreaterThan(0);
    server.requests.length = 0;
    await pull();
    expect(server.requests[0]).toEqual({ path: `/open/${yunet}`, range: `bytes=${left}-` });
    expect(existsSync(part)).toBe(false);
  });

  it('starts again when the server cannot resume', async () => {
    await mkdir(join(directory, 'open'));
    await writeFile(join(directory, 'open', `${yunet}.part`), server.files.get(`/open/${yunet}`)!.subarray(0, 1000));
    server.plan(`/open/${yunet}`, 'no-range');
    await pull();
    expect((await verifyPack('open', directory)).state).toBe('installed');
  });

  it('gives up on a connection that stalls, and says so', async () => {
    server.plan(`/open/${yunet}`, 'stall', 'stall', 'stall');
    await expect(pull()).rejects.toMatchObject({
      code: 'pack_download_failed',
      message: expect.stringMatching(/yunet_2023mar\.onnx.*no data for 0\.3 s/),
    });
  });

  it('deletes and refuses wrong bytes, also behind a resume', async () => {
    const wrong = Uint8Array.from(server.files.get(`/open/${yunet}`)!);
    wrong[5000]! ^= 1;
    server.files.set(`/open/${yunet}`, wrong);
    await expect(pull()).rejects.toMatchObject({
      code: 'pack_file_invalid',
      message: expect.stringContaining(yunet),
    });
    expect(await readdir(join(directory, 'open'))).toEqual([]);
    expect((await verifyPack('open', directory)).state).toBe('missing');
  });

  it('refuses a file that is longer than published', async () => {
    server.files.set(`/open/${yunet}`, new Uint8Array(300_000));
    await expect(pull()).rejects.toThrow(/longer than the published 232589 bytes/);
  });

  it('names file, address and status when the mirror lacks it', async () => {
    server.files.delete(`/open/${yunet}`);
    await expect(pull()).rejects.toMatchObject({
      code: 'pack_download_failed',
      message: expect.stringMatching(new RegExp(`${yunet}.*${mirror}/open/${yunet}: HTTP 404.*${mirror}/${yunet}`)),
    });
  });

  it('names the places that it looked at in a mirror folder, and a wrong file there', async () => {
    await expect(installPack('open', { modelsDirectory: directory, mirror: directory })).rejects.toThrow(
      /yunet_2023mar\.onnx is not in the mirror .*looked at/,
    );
    const folder = join(directory, 'mirror');
    await mkdir(folder);
    await writeFile(join(folder, yunet), 'short');
    await expect(installPack('open', { modelsDirectory: directory, mirror: folder })).rejects.toMatchObject({
      code: 'pack_file_invalid',
    });
  });

  it('says that no address can be reached', async () => {
    await server.stop();
    await expect(pull({ attempts: 1 })).rejects.toThrow(/fetch failed \(.*ECONNREFUSED/);
    await server.start();
  });
});
