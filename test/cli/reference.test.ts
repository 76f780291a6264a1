import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.js';
import { EXIT_CODES } from '../../src/cli/exit-codes.js';
import { errorsPage } from '../../src/cli/reference.js';

const committed = (path: string) => readFileSync(resolve(import.meta.dirname, '../..', path), 'utf8');

describe('the documentation of the command line', () => {
  it('docs/errors.md is up to date (vestibule reference errors > docs/errors.md)', () => {
    expect(committed('docs/errors.md')).toBe(errorsPage());
  });

  it('docs/cli.md names every command and every exit code', () => {
    const page = committed('docs/cli.md').replace(/ +/g, ' ');
    for (const { name, hidden } of COMMANDS) if (hidden !== true) expect(page).toContain(`| \`vestibule ${name}\` |`);
    for (const [name, code] of Object.entries(EXIT_CODES)) expect(page).toContain(`| ${code} | ${name} |`);
  });
});
