import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { modelsCommand } from '../../src/cli/models.js';

let state: string;
let out: string;
let err: string;

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'vestibule-models-cli-'));
  out = '';
  err = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
  await rm(state, { recursive: true, force: true });
});

const run = (...words: string[]) => modelsCommand().parseAsync([...words, '--state', state], { from: 'user' });

describe('vestibule models', () => {
  it('pulls core, lists it, verifies it and finds it damaged', async () => {
    await run('pull', 'core');
    expect(out).toContain('✓ core: installed in');
    out = '';
    await run('list', '--json');
    expect(JSON.parse(out).packs.map((pack: { id: string; state: string }) => [pack.id, pack.state])).toEqual([
      ['open', 'missing'],
      ['core', 'installed'],
      ['motion', 'missing'],
    ]);
    await run('verify', 'core');
    expect(process.exitCode).toBeUndefined();
    await writeFile(join(state, 'models', 'core', 'dlib-resnet-v1.onnx'), 'damaged');
    out = '';
    await run('verify');
    expect(out).toMatch(/✗ core +broken.*dlib-resnet-v1\.onnx is not the published file.*models pull core/s);
    expect(process.exitCode).toBe(1);
  });

  it('pulls, lists and verifies the motion pack, without a network', async () => {
    vi.stubEnv('VESTIBULE_MODELS_MIRROR', join(state, 'no-such-folder'));
    await run('pull', 'motion');
    expect(out).toContain('✓ motion: installed in');
    out = '';
    await run('verify', 'motion');
    expect(out).toMatch(/^✓ motion installed 6\.4 MB {2}sha256:/m);
    expect(process.exitCode).toBeUndefined();
    await rm(join(state, 'models', 'motion', 'facemesh.bin'));
    out = '';
    await run('verify');
    expect(out).toMatch(/✗ motion broken.*facemesh\.bin is missing.*models pull motion/s);
    expect(process.exitCode).toBe(1);
  });

  it('fails when a pack cannot be reached, and with --if-reachable says so and goes on', async () => {
    vi.stubEnv('VESTIBULE_MODELS_MIRROR', join(state, 'no-such-folder'));
    await run('pull', 'open');
    expect(process.exitCode).toBe(1);
    expect(err).toMatch(/✗ open: .*face_detection_yunet_2023mar\.onnx is not in the mirror/);
    process.exitCode = undefined;
    err = '';
    await run('pull', 'open', 'core', '--if-reachable');
    expect(process.exitCode).toBeUndefined();
    expect(err).toMatch(/! open: cannot be reached now.*vestibule models pull open/s);
    expect(out).toContain('✓ core: installed in');
  });

  it('a wrong file is a failure also with --if-reachable', async () => {
    await writeFile(join(state, 'face_detection_yunet_2023mar.onnx'), 'not it');
    vi.stubEnv('VESTIBULE_MODELS_MIRROR', state);
    await run('pull', 'open', '--if-reachable');
    expect(process.exitCode).toBe(1);
    expect(err).toContain('is not the published file');
  });

  it('refuses an unknown pack', async () => {
    await expect(run('pull', 'other')).rejects.toThrow('There is no model pack "other"');
  });
});
