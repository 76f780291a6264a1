import { copyFileSync, existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { availableParallelism, homedir, totalmem } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { run } from './command.mjs';
import { npmEnvironment } from './node-modules.mjs';
import { addonCacheName, causeOf, compileJobs, compileSteps, duration, systemName } from './plan.mjs';
import { jsonOf, statText, textOf } from './stamps.mjs';
import { osRelease } from './system-packages.mjs';

const LOAD_CHECK = `
  process.env.OPENCV4NODEJS_DISABLE_EXTERNAL_MEM_TRACKING = '1';
  const { createRequire } = require('node:module');
  const load = createRequire(process.argv[1]);
  load(process.argv[2]).Log.silence = true;
  const cv = load(process.argv[3]);
  const mat = new cv.Mat(2, 3, cv.CV_8UC1, 7);
  if (mat.getData().length !== 6) process.exit(3);
`;
const LOAD_LIMIT_MS = 60_000;

/**
 * The OpenCV addon, compiled against Debian's OpenCV. Without it the kiosk runs without a camera, so
 * a failure does not stop set-up.
 */
export const opencvAddon = {
  name: 'OpenCV addon',

  isDone({ root, state }) {
    return state.addon !== undefined && state.addon === addonText(root);
  },

  async work({ root, state, env, report }) {
    const folder = join(root, 'node_modules/opencv4nodejs');
    if (!existsSync(folder)) {
      report.without('The OpenCV addon is not among the npm packages; the kiosk runs without a camera. Mend: npm ci');
      return;
    }
    const remember = () => {
      state.addon = addonText(root);
    };
    if (existsSync(addonFile(root)) && (await loads(root, env)) === undefined) {
      remember();
      report.done('OpenCV addon loads');
      return;
    }
    const opencv = await run('pkg-config', ['--modversion', 'opencv4'], { env });
    if (opencv.code !== 0) {
      report.without(
        'OpenCV is not installed, the kiosk runs without a camera. Mend: install OpenCV 4 with its headers (Debian: libopencv-dev) and type the same command again',
      );
      return;
    }
    const cached = cacheFile(root, env, opencv.lines[0] ?? '');
    if (cached !== undefined && existsSync(cached)) {
      place(cached, addonFile(root));
      if ((await loads(root, env)) === undefined) {
        remember();
        report.done('OpenCV addon taken from the cache');
        return;
      }
      rmSync(cached, { force: true });
    }
    const cause = await compile(root, env, report);
    const refused = cause ?? (await loads(root, env));
    if (refused !== undefined) {
      report.without(
        `The OpenCV addon could not be built, the kiosk runs without a camera: ${refused}. Mend the cause and type the same command again`,
      );
      return;
    }
    if (cached !== undefined) place(addonFile(root), cached);
    remember();
    report.done('OpenCV addon built');
  },
};

function addonFile(root) {
  return join(root, 'node_modules/opencv4nodejs/build/Release/opencv4nodejs.node');
}

/** Changes with the file and with the Node that loads it. */
function addonText(root) {
  const stat = statText(addonFile(root));
  return stat === '' ? undefined : `${stat} abi${process.versions.modules} ${process.arch}`;
}

function cacheFile(root, env, opencv) {
  if (env.VESTIBULE_NO_CACHE === '1') return undefined;
  const base = env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const version = jsonOf(join(root, 'node_modules/opencv4nodejs/package.json'))?.version ?? 'unknown';
  const parts = { version, opencv, abi: process.versions.modules, arch: process.arch, system: systemName(osRelease()) };
  return join(base, 'vestibule/addons', addonCacheName(parts));
}

/** Copies under a temporary name first, so that nobody ever sees half an addon. A full cache disk is no failure. */
function place(from, to) {
  try {
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, `${to}.${process.pid}`);
    renameSync(`${to}.${process.pid}`, to);
  } catch {
    rmSync(`${to}.${process.pid}`, { force: true });
  }
}

/** Loads the addon in a child, because a wrong one may end the process. Undefined when it loads, else why not. */
async function loads(root, env) {
  const anchor = join(root, 'package.json');
  const args = ['-e', LOAD_CHECK, anchor, '@u4/opencv-build', 'opencv4nodejs'];
  const result = await run(process.execPath, args, { cwd: root, env: addonEnvironment(env), limitMs: LOAD_LIMIT_MS });
  if (result.code === 0) return undefined;
  return result.timedOut ? 'loading it does not end' : causeOf(result.lines);
}

async function compile(root, env, report) {
  const folder = join(root, 'node_modules/opencv4nodejs');
  const gyp = nodeGyp(root);
  if (gyp === undefined) return 'node-gyp was found neither among the packages nor beside npm';
  const steps = compileSteps(textOf(join(folder, 'binding.gyp')) ?? '');
  const jobs = compileJobs(availableParallelism(), totalmem());
  const started = Date.now();
  let done = 0;
  report.progress(`compiling, about ${jobs > 1 ? 4 : 8} minutes on a desktop, longer on a Raspberry Pi`);
  const result = await run(process.execPath, [gyp, 'rebuild'], {
    cwd: folder,
    env: { ...addonEnvironment(env), JOBS: String(jobs), ...headers() },
    onLine: (line) => {
      if (!line.includes('CXX(target)')) return;
      done++;
      report.progress(`compiling ${done} of ${steps} files, ${duration(Date.now() - started)}`);
    },
  });
  return result.code === 0 ? undefined : causeOf(result.lines);
}

function addonEnvironment(env) {
  return {
    ...npmEnvironment(env),
    OPENCV4NODEJS_DISABLE_AUTOBUILD: '1',
    PATH: `${dirname(process.execPath)}${delimiter}${env.PATH ?? ''}`,
  };
}

/** Node's headers lie beside many installations; then nothing has to be downloaded. */
function headers() {
  const prefix = dirname(dirname(realpathSync(process.execPath)));
  return existsSync(join(prefix, 'include/node/node_version.h')) ? { npm_config_nodedir: prefix } : {};
}

function nodeGyp(root) {
  const npm = join(dirname(dirname(realpathSync(process.execPath))), 'lib/node_modules/npm');
  return [
    join(root, 'node_modules/node-gyp/bin/node-gyp.js'),
    join(npm, 'node_modules/node-gyp/bin/node-gyp.js'),
    '/usr/share/nodejs/node-gyp/bin/node-gyp.js',
    '/usr/share/nodejs/npm/node_modules/node-gyp/bin/node-gyp.js',
  ].find((file) => existsSync(file));
}
