import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';

/** The daemon's source as JavaScript in a fresh folder that plain Node children can run; the caller removes it. */
export function builtSource(): string {
  const out = mkdtempSync(join(process.cwd(), 'node_modules', '.vestibule-child-'));
  const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--outDir', out, '--noCheck'];
  execFileSync(process.execPath, [...tsc, '--sourceMap', 'false']);
  return out;
}
