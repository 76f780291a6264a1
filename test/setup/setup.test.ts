import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const project = resolve(import.meta.dirname, '../..');
const temporary = mkdtempSync(join(tmpdir(), 'vestibule-setup-'));
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

interface Outcome {
  readonly code: number;
  readonly out: string;
}

/** Runs set-up of a checkout with only the given programs on PATH. */
function setUp(root: string, args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  return new Promise((resolveOutcome) => {
    execFile(
      process.execPath,
      [join(root, 'src/setup/setup.mjs'), ...args],
      { env: { HOME: temporary, PATH: join(root, 'bin'), ...env } },
      (error, stdout, stderr) =>
        resolveOutcome({ code: error === null ? 0 : Number(error.code ?? 1), out: stdout + stderr }),
    );
  });
}

/** A checkout that holds the set-up, a lock file without packages and doubles of the programs named. */
function checkout(name: string, programs: Readonly<Record<string, string>>): string {
  const root = join(temporary, name);
  mkdirSync(join(root, 'bin'), { recursive: true });
  mkdirSync(join(root, 'models'));
  mkdirSync(join(root, 'src/cli'), { recursive: true });
  cpSync(join(project, 'src/setup'), join(root, 'src/setup'), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{}');
  writeFileSync(join(root, 'tsconfig.json'), '{}');
  writeFileSync(
    join(root, 'package-lock.json'),
    JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }),
  );
  writeFileSync(
    join(root, 'models/manifest.json'),
    JSON.stringify({ packs: [{ id: 'core' }, { id: 'open' }, { id: 'motion' }] }),
  );
  writeFileSync(join(root, 'src/cli/vestibule.ts'), '');
  for (const [program, script] of Object.entries({ ...programs }))
    writeFileSync(join(root, 'bin', program), `#!/bin/sh\necho "${program} $*" >> "${root}/calls"\n${script}\n`, {
      mode: 0o755,
    });
  for (const tool of ['sh', 'mkdir', 'cat']) symlinkSync(`/bin/${tool}`, join(root, 'bin', tool));
  return root;
}

const INSTALLED =
  'for p in libopencv-dev g++ make python3 pkg-config ffmpeg fonts-dejavu-core mosquitto mosquitto-clients openssl strace chromium gstreamer1.0-plugins-base; do echo "$p installed"; done';
/** An npm that makes the tree of the lock file and, as `build:node`, a program that makes the packs of npm packages. */
const NPM = `case "$1" in
ci) mkdir -p node_modules/opencv4nodejs; echo '{"packages":{}}' > node_modules/.package-lock.json;;
run) mkdir -p dist/cli; echo "const fs=require('fs');for(const p of ['core','motion']){fs.mkdirSync('state/models/'+p,{recursive:true});fs.writeFileSync('state/models/'+p+'/a','1')}" > dist/cli/vestibule.js;;
esac`;

describe('set-up of a checkout', () => {
  it('does every step once, goes on without OpenCV and TensorFlow, and is one line the second time', async () => {
    const root = checkout('whole', { 'dpkg-query': INSTALLED, npm: NPM, 'pkg-config': 'exit 1' });
    const first = await setUp(root, ['start']);
    expect(first.out).toMatch(/✓ npm packages installed/);
    expect(first.out).toMatch(/✓ Daemon and pages built/);
    expect(first.out).toMatch(
      /✓ Model packs core and motion are there; open cannot be reached \(mend: set VESTIBULE_MODELS_MIRROR/,
    );
    expect(first.out).toMatch(/! OpenCV is not installed, the kiosk runs without a camera\. Mend: .*libopencv-dev/);
    expect(first.out).toMatch(/wasm is used instead/);
    expect(first.out).toMatch(/✓ Set-up complete/);
    expect(first.code).toBe(0);
    expect(readFileSync(join(root, 'calls'), 'utf8')).toMatch(/npm ci --ignore-scripts/);
    rmSync(join(root, 'calls'));
    // OpenCV is asked for at every start until it is there; nothing else is done again.
    const second = await setUp(root, ['start']);
    expect(second.code).toBe(0);
    expect(readFileSync(join(root, 'calls'), 'utf8')).toBe('pkg-config --modversion opencv4\n');
  });

  it('builds again when a source changed, and installs again when the lock file changed', async () => {
    const root = checkout('again', { 'dpkg-query': INSTALLED, npm: NPM, 'pkg-config': 'exit 1' });
    await setUp(root, ['test']);
    rmSync(join(root, 'calls'));
    writeFileSync(join(root, 'src/cli/vestibule.ts'), '// changed');
    await setUp(root, ['test']);
    expect(readFileSync(join(root, 'calls'), 'utf8')).toMatch(/npm run build:node\nnpm run build:ui\n/);
    writeFileSync(
      join(root, 'package-lock.json'),
      JSON.stringify({ packages: { 'node_modules/a': { version: '2.0.0' } } }),
    );
    await setUp(root, ['test']);
    expect(readFileSync(join(root, 'calls'), 'utf8')).toMatch(/npm ci/);
  });

  it('completes a state directory of a release that had no motion pack', async () => {
    const root = checkout('older', { 'dpkg-query': INSTALLED, npm: NPM, 'pkg-config': 'exit 1' });
    await setUp(root, ['start']);
    rmSync(join(root, 'state/models/motion'), { recursive: true });
    expect((await setUp(root, ['test'])).code).toBe(0);
    expect(existsSync(join(root, 'state/models/motion/a'))).toBe(true);
  });

  it('completes packs to which a release adds models', async () => {
    const root = checkout('more-models', { 'dpkg-query': INSTALLED, npm: NPM, 'pkg-config': 'exit 1' });
    await setUp(root, ['start']);
    const folder = join(root, 'state/models/core');
    writeFileSync(join(folder, 'from-before'), '1');
    rmSync(join(folder, 'a'));
    await setUp(root, ['start']);
    expect(existsSync(join(folder, 'a'))).toBe(false);
    const manifest = join(root, 'models/manifest.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('{"id":"core"}', '{"id":"core","builds":["a"]}'));
    expect((await setUp(root, ['start'])).code).toBe(0);
    expect(existsSync(join(folder, 'a'))).toBe(true);
    expect(existsSync(join(folder, 'from-before'))).toBe(true);
  });

  it('names the cause and the mend of a failing step and stops', async () => {
    const root = checkout('failing', {
      'dpkg-query': INSTALLED,
      npm: 'echo "npm error code ENOTFOUND" >&2; exit 1',
    });
    const { code, out } = await setUp(root, ['start']);
    expect(code).toBe(1);
    expect(out).toMatch(/✗ npm ci failed: npm error code ENOTFOUND\n {2}→ Check the network and the npm registry/);
    expect(existsSync(join(root, '.setup/lock'))).toBe(false);
  });

  it('goes on with npm install where npm ci calls the lock file incomplete', async () => {
    const npm = NPM.replace('ci) ', 'ci) echo "npm error code EUSAGE" >&2; exit 1;;\ninstall) ');
    const root = checkout('incomplete', { 'dpkg-query': INSTALLED, npm, 'pkg-config': 'exit 1' });
    expect((await setUp(root, ['start'])).code).toBe(0);
    expect(readFileSync(join(root, 'calls'), 'utf8')).toMatch(/npm install --no-save --ignore-scripts/);
  });

  it('installs missing Debian packages through apt-get as root, and through sudo else', async () => {
    const dpkg = `[ -e "$HOME/apt-$ROOT_NAME" ] && { ${INSTALLED}; } ; exit 0`;
    const root = checkout('apt', {
      'dpkg-query': dpkg,
      npm: NPM,
      'pkg-config': 'exit 1',
      'apt-get': 'echo "0 upgraded, 1 newly installed"; echo "Unpacking x"; echo "Setting up x"',
      sudo: '[ "$2" = true ] || { shift; shift; "$@"; }',
    });
    const { code, out } = await setUp(root, ['start'], { ROOT_NAME: 'never' });
    expect(out).toMatch(/✓ Debian packages installed: libopencv-dev/);
    expect(code).toBe(0);
    const calls = readFileSync(join(root, 'calls'), 'utf8');
    expect(calls).toMatch(/apt-get update\n(?:.*\n)*?apt-get install -y --no-install-recommends libopencv-dev/);
  });

  it('says what apt-get complained about and what to type', async () => {
    const root = checkout('apt-fails', {
      'dpkg-query': 'exit 1',
      'apt-get': 'echo "E: Unable to locate package libopencv-dev" >&2; exit 100',
      sudo: '[ "$2" = true ] || { shift; shift; "$@"; }',
    });
    const { code, out } = await setUp(root, ['start']);
    expect(code).toBe(1);
    expect(out).toMatch(/E: Unable to locate package libopencv-dev/);
    expect(out).toMatch(/→ Type: sudo apt-get update && sudo apt-get install -y/);
  });

  it('refuses other words', async () => {
    const root = checkout('words', {});
    expect(await setUp(root, ['fly'])).toEqual({ code: 2, out: expect.stringMatching(/^Usage: .*start\|test/) });
  });

  it('takes over the lock of a set-up that died', async () => {
    const root = checkout('stale', { 'dpkg-query': INSTALLED, npm: NPM, 'pkg-config': 'exit 1' });
    mkdirSync(join(root, '.setup/lock'), { recursive: true });
    writeFileSync(join(root, '.setup/lock/pid'), '4194305');
    expect((await setUp(root, ['start'])).code).toBe(0);
  });
});
