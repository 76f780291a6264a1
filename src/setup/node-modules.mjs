import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';
import { causeOf, treeMatches } from './plan.mjs';
import { SetupFailure } from './report.mjs';
import { jsonOf, sha256, textOf, writeJson } from './stamps.mjs';

/** Lies in node_modules, so that it goes when the packages go. */
export function modulesStamp(root) {
  return join(root, 'node_modules/.vestibule-setup.json');
}

export function lockHash(root) {
  return sha256(textOf(join(root, 'package-lock.json')) ?? '');
}

/** The packages of package-lock.json, without their install scripts: native parts have steps of their own. */
export const nodeModules = {
  name: 'npm packages',

  isDone({ root }) {
    return jsonOf(modulesStamp(root))?.lock === lockHash(root);
  },

  async work({ root, env, report }) {
    const lock = jsonOf(join(root, 'package-lock.json'));
    const installed = jsonOf(join(root, 'node_modules/.package-lock.json'));
    if (lock !== undefined && installed !== undefined && treeMatches(lock, installed)) {
      writeJson(modulesStamp(root), { ...jsonOf(modulesStamp(root)), lock: lockHash(root) });
      report.done('npm packages are there');
      return;
    }
    report.progress('npm ci');
    const started = Date.now();
    const timer = setInterval(() => report.progress(`npm ci, ${Math.round((Date.now() - started) / 1000)} s`), 1000);
    const install = (verb) =>
      run('npm', [...verb, '--ignore-scripts', '--include=dev', '--include=optional', '--no-progress'], {
        cwd: root,
        env: npmEnvironment(env),
      });
    let result = await install(['ci']);
    // A registry that lacks packages for other platforms makes npm ci call the lock file incomplete; install does not.
    if (result.code !== 0 && result.lines.some((line) => line.includes('EUSAGE')))
      result = await install(['install', '--no-save']);
    clearInterval(timer);
    if (result.code !== 0 || !existsSync(join(root, 'node_modules'))) {
      throw new SetupFailure(
        `npm ci failed: ${causeOf(result.lines)}`,
        'Check the network and the npm registry (npm ping), then type the same command again.',
      );
    }
    writeJson(modulesStamp(root), { lock: lockHash(root) });
    report.done('npm packages installed');
  },
};

/**
 * The environment for an npm that is started from inside npm: what the outer one exported about its own run
 * (npm_lifecycle_*, npm_package_*, npm_command) goes, the person's npm settings stay.
 */
export function npmEnvironment(env) {
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name]) => !/^npm_(lifecycle|package|command|execpath|node_execpath|config_local_prefix)/.test(name),
    ),
  );
}
