import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './command.mjs';
import {
  aptCommandLine,
  aptInstallArguments,
  aptProgress,
  causeOf,
  isDebian,
  missingPackages,
  packagesFor,
} from './plan.mjs';
import { SetupFailure } from './report.mjs';
import { statText, textOf } from './stamps.mjs';

const DPKG_STATUS = '/var/lib/dpkg/status';

/** Debian's packages. Other distributions are told what to install and set-up goes on. */
export const systemPackages = {
  name: 'Debian packages',

  isDone({ mode, state }) {
    return state.packages?.mode === mode && state.packages.status === statText(DPKG_STATUS);
  },

  async work({ mode, state, report, env }) {
    const wanted = packagesFor(mode);
    const remember = () => {
      state.packages = { mode, status: statText(DPKG_STATUS) };
    };
    if (!isDebian(textOf('/etc/os-release') ?? '') || !onPath('dpkg-query', env)) {
      remember();
      report.without(`This is not Debian. Install what these Debian packages hold: ${wanted.join(' ')}`);
      return;
    }
    // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query fills these in
    const query = await run('dpkg-query', ['-W', '-f=${Package} ${db:Status-Status}\n', ...wanted]);
    const missing = missingPackages(query.lines.join('\n'), wanted);
    if (missing.length > 0) await install(missing, report, env);
    remember();
    report.done(missing.length === 0 ? 'Debian packages are there' : `Debian packages installed: ${missing.join(' ')}`);
  },
};

async function install(missing, report, env) {
  const prefix = await rootPrefix(env);
  if (prefix === undefined)
    throw new SetupFailure(
      `These Debian packages are missing and neither root nor sudo is at hand: ${missing.join(' ')}`,
      `Type: ${aptCommandLine(missing)}`,
    );
  const apt = (args, onLine) =>
    run(prefix[0] ?? 'apt-get', [...prefix.slice(1), ...(prefix.length > 0 ? ['apt-get'] : []), ...args], {
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
      onLine,
      stdin: 'inherit',
    });
  report.progress('reading the lists of packages');
  const update = await apt(['update']);
  let progress = { done: 0, total: 0 };
  const result = await apt(aptInstallArguments(missing), (line) => {
    progress = aptProgress(progress, line);
    if (progress.total > 0) report.progress(`${progress.done} of ${progress.total} steps`);
  });
  if (result.code !== 0) {
    const cause = causeOf([...(update.code === 0 ? [] : update.lines), ...result.lines]);
    throw new SetupFailure(
      `apt-get did not install ${missing.join(' ')}: ${cause}`,
      `Type: ${aptCommandLine(missing)}`,
    );
  }
}

/** How to become root: nothing to do, sudo (asking for the password on a terminal only), or undefined. */
async function rootPrefix(env) {
  if (process.getuid?.() === 0) return [];
  if (!onPath('sudo', env)) return undefined;
  const silent = await run('sudo', ['-n', 'true']);
  const preserve = '--preserve-env=DEBIAN_FRONTEND,LC_ALL';
  if (silent.code === 0) return ['sudo', '-n', preserve];
  return process.stdin.isTTY ? ['sudo', preserve] : undefined;
}

function onPath(program, env) {
  return (env.PATH ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Text of /etc/os-release for the name of the cache. */
export function osRelease() {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}
