import { describe, expect, it } from 'vitest';
import {
  addonCacheName,
  aptCommandLine,
  aptProgress,
  causeOf,
  compileJobs,
  compileSteps,
  duration,
  fingerprintLines,
  isDebian,
  missingPackages,
  modelsDue,
  nodeProblem,
  packagesFor,
  systemName,
  treeMatches,
} from '../../src/setup/plan.mjs';

const GIB = 1024 ** 3;

describe('set-up decides', () => {
  it('which Node is too old', () => {
    expect(nodeProblem('18.19.0')).toMatch(/too old; Vestibule needs Node 20/);
    expect(nodeProblem('20.0.0')).toBeUndefined();
    expect(nodeProblem('24.1.0')).toBeUndefined();
  });

  it('which Debian packages are missing', () => {
    const output = 'libopencv-dev installed\ng++ installed\nffmpeg config-files\nmake half-installed\n';
    expect(missingPackages(output, ['libopencv-dev', 'g++', 'ffmpeg', 'make', 'chromium'])).toEqual([
      'ffmpeg',
      'make',
      'chromium',
    ]);
    expect(packagesFor('start')).not.toContain('chromium');
    expect(packagesFor('test')).toEqual(expect.arrayContaining(['libopencv-dev', 'mosquitto', 'chromium']));
    expect(aptCommandLine(['make'])).toBe(
      'sudo apt-get update && sudo apt-get install -y --no-install-recommends make',
    );
  });

  it('whether the system is a Debian, and how the cache names it', () => {
    expect(isDebian('PRETTY_NAME="Debian"\nID=debian\nVERSION_ID="12"\n')).toBe(true);
    expect(isDebian('ID="raspbian"\n')).toBe(true);
    expect(isDebian('ID=linuxmint\nID_LIKE="ubuntu debian"\n')).toBe(true);
    expect(isDebian('ID=fedora\nID_LIKE=rhel\n')).toBe(false);
    expect(systemName('ID=debian\nVERSION_ID="12"\n')).toBe('debian12');
  });

  it('how far apt is', () => {
    let state = { done: 0, total: 0 };
    for (const line of [
      '0 upgraded, 2 newly installed, 0 to remove',
      'Unpacking a (1) ...',
      'Unpacking b (1) ...',
      'Setting up a (1) ...',
      'Processing triggers',
    ])
      state = aptProgress(state, line);
    expect(state).toEqual({ done: 3, total: 4 });
  });

  it('whether an installed tree is the one of the lock file', () => {
    const lock = {
      packages: {
        '': { version: '0.1.0' },
        'node_modules/a': { version: '1.0.0' },
        'node_modules/b': { version: '2.0.0', optional: true },
      },
    };
    expect(treeMatches(lock, { packages: { 'node_modules/a': { version: '1.0.0' } } })).toBe(true);
    expect(treeMatches(lock, { packages: { 'node_modules/a': { version: '1.0.1' } } })).toBe(false);
    expect(
      treeMatches(lock, {
        packages: { 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { version: '1.9.9' } },
      }),
    ).toBe(false);
    expect(treeMatches(lock, { packages: {} })).toBe(false);
  });

  it('how many compilers may run: one where memory is short', () => {
    expect(compileJobs(4, 1 * GIB)).toBe(1);
    expect(compileJobs(4, 2 * GIB)).toBe(1);
    expect(compileJobs(4, 4 * GIB)).toBe(2);
    expect(compileJobs(2, 24 * GIB)).toBe(2);
    expect(compileJobs(1, 24 * GIB)).toBe(1);
  });

  it('the cache name of an addon from everything that decides whether it loads', () => {
    const parts = { version: '7.1.2', opencv: '4.6.0', abi: '115', arch: 'x64', system: 'debian12' };
    const name = addonCacheName(parts);
    expect(name).toBe('opencv4nodejs-7.1.2-opencv4.6.0-debian12-abi115-x64.node');
    for (const key of Object.keys(parts)) expect(addonCacheName({ ...parts, [key]: '../9' })).not.toBe(name);
    expect(addonCacheName({ ...parts, opencv: '../../etc' })).not.toContain('/');
  });

  it('how many files the addon compiles', () => {
    expect(compileSteps('"sources": ["cc/a.cc", "cc/core/b.cc", "cc/a.cc"], "include": ["cc/core"]')).toBe(2);
  });

  it('that the same files in another order are the same sources, and a touched one is not', () => {
    const a = { path: 'a', size: 1, mtimeMs: 5 };
    const b = { path: 'b', size: 2, mtimeMs: 6 };
    expect(fingerprintLines([a, b])).toEqual(fingerprintLines([b, a]));
    expect(fingerprintLines([a, b])).not.toEqual(fingerprintLines([a, { ...b, mtimeMs: 7 }]));
  });

  it('when model packs are asked for again', () => {
    const nowMs = 1_000_000_000_000;
    const stamp = { manifestHash: 'h', mirror: '', atMs: nowMs };
    const due = (change: object) => modelsDue({ stamp, manifestHash: 'h', mirror: '', missing: [], nowMs, ...change });
    expect(due({})).toBe(false);
    expect(due({ stamp: undefined })).toBe(true);
    expect(due({ manifestHash: 'other' })).toBe(true);
    expect(due({ missing: ['core'] })).toBe(true);
    expect(due({ missing: ['motion'] })).toBe(true);
    expect(due({ missing: ['open'] })).toBe(false);
    expect(due({ missing: ['open'], mirror: '/mirror' })).toBe(true);
    expect(due({ missing: ['open'], nowMs: nowMs + 25 * 3_600_000 })).toBe(true);
    expect(due({ missing: ['open'], nowMs: nowMs - 365 * 24 * 3_600_000 })).toBe(true);
  });

  it('which line of an output says why it failed', () => {
    expect(
      causeOf(['npm warn error-prone', 'gcc ...', 'foo.h: fatal error: cv.h: No such file', 'make: *** failed']),
    ).toBe('foo.h: fatal error: cv.h: No such file');
    expect(causeOf(['one', 'two', ''])).toBe('two');
    expect(causeOf([])).toBe('it gave no reason');
  });

  it('durations for people', () => {
    expect([duration(123), duration(59_400), duration(237_000)]).toEqual(['0.1 s', '59 s', '3 min 57 s']);
  });
});
