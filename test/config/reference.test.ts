import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configKeys } from '../../src/config/keys.js';
import { loadConfig } from '../../src/config/load.js';
import { documentationText, exampleText, schemaText } from '../../src/config/reference.js';
import { configSchema } from '../../src/config/schema.js';

const root = resolve(import.meta.dirname, '../..');
const committed = (path: string) => readFileSync(join(root, path), 'utf8');

function withFile<T>(text: string, use: (file: string) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'vestibule-reference-'));
  try {
    const file = join(directory, 'vestibule.yaml');
    writeFileSync(file, text);
    return use(file);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

describe('files generated from the schema', () => {
  it('config/vestibule.schema.json is up to date (vestibule config schema)', () => {
    expect(committed('config/vestibule.schema.json')).toBe(schemaText());
  });

  it('config/vestibule.yaml is up to date (vestibule config example)', () => {
    expect(committed('config/vestibule.yaml')).toBe(exampleText());
  });

  it('docs/configuration.md is up to date (vestibule config docs)', () => {
    expect(committed('docs/configuration.md')).toBe(documentationText());
  });
});

describe('the example configuration', () => {
  const example = committed('config/vestibule.yaml');
  const uncommented = example.replace(/^(\s*)# (\w+: )/gm, '$1$2');

  it('changes nothing as it is', () => {
    expect(withFile(example, (file) => loadConfig({ file, env: {} }))).toEqual(configSchema.parse({}));
  });

  it('names every key, and with every key uncommented it is valid and holds the defaults', () => {
    const config = withFile(uncommented, (file) => loadConfig({ file, env: {} })) as unknown as Record<string, unknown>;
    for (const { path, schema } of configKeys()) {
      const value = path.reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], config);
      expect(value, path.join('.')).toBeDefined();
      if (schema.default !== undefined) expect(value, path.join('.')).toEqual(schema.default);
    }
  });

  it('every key has a description', () => {
    for (const { path, schema } of configKeys()) expect(schema.description, path.join('.')).toMatch(/\w.+\.$/);
  });
});
