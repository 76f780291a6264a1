import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const src = join(root, 'src');

interface SourceFile {
  /** Path under src with forward slashes. */
  readonly path: string;
  readonly text: string;
}

function sourcesUnder(directory: string): SourceFile[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    if (statSync(path).isDirectory()) return sourcesUnder(path);
    if (!/\.(ts|tsx|mjs)$/.test(name)) return [];
    return [{ path: relative(src, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }];
  });
}

interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
}

/** Static imports, re-exports and dynamic imports with a literal specifier. */
function importsOf(text: string): Import[] {
  const found: Import[] = [];
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  for (const match of code.matchAll(/(?:^|\n)\s*(import|export)\s+(type\s+)?[^;'"]*?from\s+['"]([^'"]+)['"]/g)) {
    found.push({ specifier: match[3] ?? '', typeOnly: match[2] !== undefined });
  }
  for (const match of code.matchAll(/(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g)) {
    found.push({ specifier: match[1] ?? '', typeOnly: false });
  }
  for (const match of code.matchAll(/\b(?:import|require|resolve)\(\s*['"]([^'"]+)['"]\s*\)/g)) {
    found.push({ specifier: match[1] ?? '', typeOnly: false });
  }
  return found;
}

/** Room of a file under src: the first folder, or the file itself for composition roots. */
function roomOf(path: string): string {
  if (path === 'main.ts' || path === 'kiosk.ts' || path.startsWith('kiosk-')) return 'composition';
  if (path.startsWith('vision/inference/worker') || path.startsWith('vision/main')) return 'composition';
  if (path === 'vision/codes/worker.ts') return 'composition';
  return path.split('/')[0] ?? '';
}

/** Rooms that each room may import besides itself. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  ports: ['domain'],
  config: ['domain'],
  log: ['domain'],
  people: ['domain', 'ports', 'config'],
  session: ['domain', 'ports', 'config'],
  auth: ['domain', 'ports', 'config', 'people', 'session'],
  attendance: ['domain', 'ports', 'config'],
  messaging: ['domain', 'ports', 'config', 'attendance'],
  http: ['domain', 'ports', 'config', 'people', 'auth', 'session', 'attendance', 'messaging'],
  vision: ['domain', 'ports', 'config'],
  packs: ['domain', 'ports'],
  adapters: ['domain', 'ports', 'config'],
  ui: ['http', 'domain'],
  setup: [],
};

const files = sourcesUnder(src);
const production = files.filter((file) => !file.path.startsWith('ui/'));

function resolveLocal(from: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(from), specifier));
}

describe('architecture', () => {
  it('reads a source tree that exists', () => {
    expect(files.length).toBeGreaterThan(50);
  });

  it('no import goes against the arrows between rooms', () => {
    const wrong: string[] = [];
    for (const file of files) {
      const room = roomOf(file.path);
      if (room === 'composition' || room === 'cli') continue;
      const allowed = MAY_IMPORT[room];
      if (allowed === undefined) {
        wrong.push(`${file.path}: no such room`);
        continue;
      }
      for (const { specifier } of importsOf(file.text)) {
        if (!specifier.startsWith('.')) continue;
        const target = resolveLocal(file.path, specifier);
        if (target.startsWith('..')) {
          if (room !== 'setup' && !target.endsWith('package.json') && !target.endsWith('manifest.json'))
            wrong.push(`${file.path} → ${specifier} leaves src`);
          continue;
        }
        const other = roomOf(target.replace(/\.js$/, '.ts'));
        if (other !== room && !allowed.includes(other)) wrong.push(`${file.path} → ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('the pages take only types from the daemon', () => {
    const wrong = files
      .filter((file) => file.path.startsWith('ui/'))
      .flatMap((file) =>
        importsOf(file.text)
          .filter((i) => i.specifier.startsWith('.') && !i.typeOnly)
          .map((i) => resolveLocal(file.path, i.specifier))
          .filter((target) => !target.startsWith('ui/'))
          .map((target) => `${file.path} → ${target}`),
      );
    expect(wrong).toEqual([]);
  });

  it('domain uses no I/O, no clock, no randomness and only pure packages', () => {
    const wrong: string[] = [];
    for (const file of files.filter((f) => f.path.startsWith('domain/'))) {
      for (const { specifier } of importsOf(file.text)) {
        if (!specifier.startsWith('.') && !['luxon'].includes(specifier))
          wrong.push(`${file.path} imports ${specifier}`);
      }
      const code = file.text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
      if (/\bDate\.now\(|\bnew Date\(\)|Math\.random\(|performance\.now\(|\bprocess\./.test(code))
        wrong.push(`${file.path} asks the world`);
    }
    expect(wrong).toEqual([]);
  });

  it('only composition roots construct adapters', () => {
    const wrong: string[] = [];
    for (const file of production) {
      const room = roomOf(file.path);
      if (['composition', 'cli', 'adapters'].includes(room)) continue;
      for (const { specifier } of importsOf(file.text)) {
        if (specifier.startsWith('.') && resolveLocal(file.path, specifier).startsWith('adapters/'))
          wrong.push(`${file.path} → ${specifier}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('native vision and inference packages are imported by their adapters only', () => {
    const natives = [
      'opencv4nodejs',
      '@u4/opencv-build',
      'onnxruntime-node',
      '@tensorflow/',
      'node-raspistill',
      'lowdb',
      'mqtt',
      'aedes',
      'twilio',
      'nodemailer',
      '@node-rs/argon2',
      'bcryptjs',
      'selfsigned',
      'zxing-wasm',
    ];
    const wrong = production
      .filter((file) => !['adapters', 'setup'].includes(roomOf(file.path)) && !file.path.startsWith('cli/bench'))
      .flatMap((file) =>
        importsOf(file.text)
          .filter((i) =>
            natives.some((name) => i.specifier === name || (name.endsWith('/') && i.specifier.startsWith(name))),
          )
          .map((i) => `${file.path} imports ${i.specifier}`),
      );
    expect(wrong).toEqual([]);
  });

  it('the daemon never reaches OpenCV or an inference engine', () => {
    const byPath = new Map(production.map((file) => [file.path, file]));
    const seen = new Set<string>();
    const reached: string[] = [];
    const visit = (path: string, from: string): void => {
      if (seen.has(path)) return;
      seen.add(path);
      const file = byPath.get(path);
      if (file === undefined) return;
      for (const { specifier, typeOnly } of importsOf(file.text)) {
        if (typeOnly) continue;
        if (/^(opencv4nodejs|@u4\/|onnxruntime-node|@tensorflow\/)/.test(specifier))
          reached.push(`${from} → ${path} → ${specifier}`);
        if (specifier.startsWith('.')) visit(resolveLocal(path, specifier).replace(/\.js$/, '.ts'), path);
      }
    };
    visit('main.ts', 'main.ts');
    expect(seen.size).toBeGreaterThan(20);
    expect(reached).toEqual([]);
  });

  it('src never asks whether it is being tested', () => {
    const wrong = files.filter((file) => /NODE_ENV|VITEST/.test(file.text)).map((file) => file.path);
    expect(wrong).toEqual([]);
  });

  it('no source file is longer than 300 lines', () => {
    const wrong = files
      .map((file) => ({ path: file.path, lines: file.text.split('\n').length }))
      .filter(({ lines }) => lines > 301);
    expect(wrong).toEqual([]);
  });

  it('files have kebab-case names and no catch-all names', () => {
    const wrong = files.filter(
      (file) =>
        !file.path
          .split('/')
          .every((part) => /^[a-z0-9]+(-[a-z0-9]+)*(\.d|\.config)?(\.ts|\.tsx|\.mjs)?$/.test(part)) ||
        /(^|\/)(utils?|helpers?|common|manager)\b/.test(file.path),
    );
    expect(wrong.map((file) => file.path)).toEqual([]);
  });

  it('no random number comes from Math.random', () => {
    const wrong = production.filter((file) => /Math\.random\(/.test(file.text)).map((file) => file.path);
    expect(wrong).toEqual([]);
  });
});
