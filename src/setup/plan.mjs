// Decisions of set-up as pure functions, so that each can be tested without a machine. Types: plan.d.mts.

/** Packages that running needs (addon, its build, ffmpeg, a font for the overlay). */
export const START_PACKAGES = ['libopencv-dev', 'g++', 'make', 'python3', 'pkg-config', 'ffmpeg', 'fonts-dejavu-core'];

/** Packages that the tests need besides; GStreamer's for its test source. */
export const TEST_PACKAGES = [
  'mosquitto',
  'mosquitto-clients',
  'openssl',
  'strace',
  'chromium',
  'gstreamer1.0-plugins-base',
];

const LEAST_NODE = 20;
const GIB = 1024 ** 3;

export function nodeProblem(version) {
  const major = Number(version.split('.')[0]);
  if (major >= LEAST_NODE) return undefined;
  return `Node ${version} is too old; Vestibule needs Node ${LEAST_NODE} or newer. Install it from Debian 13 or from nodejs.org, then type the same command again.`;
}

export function packagesFor(mode) {
  return mode === 'test' ? [...START_PACKAGES, ...TEST_PACKAGES] : [...START_PACKAGES];
}

/** dpkg-query prints `name state` for each package that it knows; all others are missing. */
export function missingPackages(dpkgOutput, wanted) {
  const installed = new Set();
  for (const line of dpkgOutput.split('\n')) {
    const [name, state] = line.trim().split(' ');
    if (state === 'installed') installed.add(name);
  }
  return wanted.filter((name) => !installed.has(name));
}

export function isDebian(osRelease) {
  const value = (key) => new RegExp(`^${key}="?([^"\\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? '';
  return [value('ID'), ...value('ID_LIKE').split(' ')].some((id) => ['debian', 'raspbian', 'ubuntu'].includes(id));
}

export function aptInstallArguments(packages) {
  return ['install', '-y', '--no-install-recommends', ...packages];
}

/** What a person types where set-up may not do it itself. */
export function aptCommandLine(packages) {
  return `sudo apt-get update && sudo apt-get ${aptInstallArguments(packages).join(' ')}`;
}

/** Share of an apt run that is done: each package is unpacked once and set up once. */
export function aptProgress(state, line) {
  const total = /(\d+) newly installed/.exec(line)?.[1];
  if (total !== undefined) return { ...state, total: Number(total) * 2 };
  if (/^(Unpacking|Setting up) /.test(line)) return { ...state, done: state.done + 1 };
  return state;
}

/**
 * Whether an installed tree is the one of the lock file. Packages for another platform and optional ones may be absent.
 * @param lock parsed package-lock.json @param installed parsed node_modules/.package-lock.json
 */
export function treeMatches(lock, installed) {
  for (const [path, wanted] of Object.entries(lock.packages ?? {})) {
    if (path === '' || wanted.link === true) continue;
    const present = installed.packages?.[path];
    if (present === undefined) {
      if (wanted.optional === true || wanted.devOptional === true || wanted.peer === true) continue;
      return false;
    }
    if (present.version !== wanted.version) return false;
  }
  return true;
}

/** Compilers at the same time: the addon needs about 1.1 GB each. */
export function compileJobs(cores, memoryBytes) {
  if (memoryBytes <= 2.2 * GIB) return 1;
  return Math.max(1, Math.min(cores, Math.floor(memoryBytes / (1.5 * GIB))));
}

/** File name in the cache of a built addon. All that decides whether it can be loaded is in it. */
export function addonCacheName({ version, opencv, abi, arch, system }) {
  const safe = (text) => String(text).replace(/[^A-Za-z0-9.]+/g, '_');
  return `opencv4nodejs-${safe(version)}-opencv${safe(opencv)}-${safe(system)}-abi${safe(abi)}-${safe(arch)}.node`;
}

/** Number of files that the addon's binding.gyp compiles. */
export function compileSteps(bindingGyp) {
  return new Set(bindingGyp.match(/"cc\/[^"]+\.cc"/g) ?? []).size;
}

/** `system` of the cache name: distribution and its version. */
export function systemName(osRelease) {
  const value = (key) => new RegExp(`^${key}="?([^"\\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? '';
  return `${value('ID') || 'linux'}${value('VERSION_ID')}`;
}

/** One text per file; equal lists mean an equal source tree. */
export function fingerprintLines(files) {
  return files.map(({ path, size, mtimeMs }) => `${path}\t${size}\t${Math.round(mtimeMs)}`).sort();
}

export function duration(ms) {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** Model packs that come from npm packages: they can always be installed. */
export const OFFLINE_PACKS = ['core', 'motion'];

/** Whether the model packs are fetched again: something changed, or one is absent and a day has passed. */
export function modelsDue({ stamp, manifestHash, mirror, missing, nowMs }) {
  if (stamp === undefined || stamp.manifestHash !== manifestHash) return true;
  if (missing.length === 0) return false;
  if (missing.some((pack) => OFFLINE_PACKS.includes(pack))) return true;
  return stamp.mirror !== mirror || Math.abs(nowMs - stamp.atMs) > 24 * 3_600_000;
}

/** The line of a compiler's or package manager's output that says why it failed. */
export function causeOf(lines) {
  const telling = lines.filter(
    (line) =>
      /\b(error|fatal|E:|ERR!|Unable to|No space|not found|cannot|failed)/i.test(line) && !/npm warn/i.test(line),
  );
  return (telling[0] ?? lines.filter((line) => line.trim() !== '').at(-1) ?? 'it gave no reason').trim().slice(0, 300);
}
