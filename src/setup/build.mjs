import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from './command.mjs';
import { lockHash, npmEnvironment } from './node-modules.mjs';
import { causeOf, fingerprintLines } from './plan.mjs';
import { SetupFailure } from './report.mjs';
import { sha256 } from './stamps.mjs';

/** TypeScript and pages, when a source is not the one that was built last. */
export const build = {
  name: 'build',

  isDone({ root, state }) {
    return existsSync(join(root, 'dist/cli/vestibule.js')) && state.build === fingerprint(root);
  },

  async work({ root, state, env, report }) {
    const before = fingerprint(root);
    for (const [script, words] of [
      ['build:node', 'daemon'],
      ['build:ui', 'pages'],
    ]) {
      report.progress(words);
      const result = await run('npm', ['run', script], { cwd: root, env: npmEnvironment(env) });
      if (result.code !== 0)
        throw new SetupFailure(
          `Building the ${words} failed: ${causeOf(result.lines.filter((line) => !line.startsWith('>')))}`,
          `Type "npm run ${script}" to see all of it.`,
        );
    }
    state.build = before;
    report.done('Daemon and pages built');
  },
};

function fingerprint(root) {
  const files = [];
  const visit = (directory) => {
    for (const entry of readdirSync(directory, { withFileTypes: true })) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (entry.isFile()) {
        const { size, mtimeMs } = statSync(path);
        files.push({ path: relative(root, path), size, mtimeMs });
      }
    }
  };
  for (const name of readdirSync(join(root, 'src'), { withFileTypes: true })) {
    if (name.name === 'setup') continue;
    if (name.isDirectory()) visit(join(root, 'src', name.name));
    else {
      const { size, mtimeMs } = statSync(join(root, 'src', name.name));
      files.push({ path: `src/${name.name}`, size, mtimeMs });
    }
  }
  const { size, mtimeMs } = statSync(join(root, 'tsconfig.json'));
  files.push({ path: 'tsconfig.json', size, mtimeMs });
  return sha256([...fingerprintLines(files), lockHash(root)].join('\n'));
}
