import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { access, constants, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { SystemClock } from '../../adapters/clock-system.js';
import { LinuxSystem } from '../../adapters/system-linux.js';
import { runningDaemon } from '../control-file.js';
import { type Check, type Finding, fail, ok, warn } from './finding.js';

const LEAST_NODE = 20;
const MIB = 1024 ** 2;
const SCARCE_BYTES = 500 * MIB;
const FULL_BYTES = 50 * MIB;

export const nodeCheck: Check = {
  name: 'node',
  run: async () => {
    const version = process.versions.node;
    if (Number(version.split('.')[0]) >= LEAST_NODE) return [ok(`Node ${version}, ${process.arch}`)];
    return [fail(`Node ${version} is too old.`, `Install Node ${LEAST_NODE} or newer.`)];
  },
};

export const configurationCheck: Check = {
  name: 'configuration',
  run: async ({ configFile }) => [
    ok(configFile === undefined ? 'no file, every key has its default' : `${configFile} is valid`),
  ],
};

export const clockCheck: Check = {
  name: 'clock',
  run: async ({ config }) => {
    const clock = new SystemClock();
    await clock.start();
    const { sync, offsetMs } = clock.state();
    clock.stop();
    const offset = offsetMs === undefined ? '' : `, ${offsetMs} ms off`;
    if (sync === 'ntp') return [ok(`synchronised by NTP${offset}; zone ${config.zone}`)];
    const mend = 'Run: sudo timedatectl set-ntp true (or install chrony), and let the machine reach a time server.';
    if (sync === 'rtc') return [warn('not synchronised by NTP; a hardware clock keeps the time. Events say so.', mend)];
    return [warn('not synchronised and without a hardware clock. Events are marked with an untrusted time.', mend)];
  },
};

export const diskCheck: Check = {
  name: 'disk',
  run: async ({ config }) => {
    const { stateDirectory } = config;
    const { freeBytes, writable } = await new LinuxSystem().disk(existingParent(stateDirectory));
    const free = `${Math.floor(freeBytes / MIB)} MiB free`;
    const findings: Finding[] = [];
    if (freeBytes < FULL_BYTES)
      findings.push(
        fail(`${free}: nothing more can be recorded soon.`, 'Free space on the disk of the state directory.'),
      );
    else if (freeBytes < SCARCE_BYTES) findings.push(warn(free, 'Free space on the disk of the state directory.'));
    else findings.push(ok(free));
    if (!writable)
      findings.push(
        fail(
          `${stateDirectory} cannot be written.`,
          `Run: sudo chown -R "$USER" ${stateDirectory}, or name another directory with --state.`,
        ),
      );
    return findings;
  },
};

/** The directory itself, or the nearest parent that exists: the kiosk makes the rest. */
function existingParent(directory: string): string {
  let at = directory;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  return at;
}

/** Files that must be readable by the kiosk's user only. */
const PRIVATE_FILES = [
  'template.key',
  'admin.code',
  'control.json',
  'people.json',
  'templates.json',
  'credentials.json',
  'invitations.json',
  'regulation.json',
  'code-budget.json',
  'corrections.json',
  'lan-certificate.pem',
];

export const permissionsCheck: Check = {
  name: 'permissions',
  run: async ({ config }) => {
    const directory = config.stateDirectory;
    const found = await stat(directory).catch(() => undefined);
    if (found === undefined) return [ok(`${directory} does not exist yet; the kiosk makes it`)];
    const findings: Finding[] = [];
    const uid = process.getuid?.();
    if ((found.mode & 0o077) !== 0)
      findings.push(warn(`${directory} is open to other users.`, `Run: chmod 700 ${directory}`));
    if (uid !== undefined && uid !== 0 && found.uid !== uid)
      findings.push(fail(`${directory} belongs to another user.`, `Run: sudo chown -R "$USER" ${directory}`));
    for (const name of PRIVATE_FILES) {
      const file = join(directory, name);
      const mode = (await stat(file).catch(() => undefined))?.mode;
      if (mode !== undefined && (mode & 0o077) !== 0)
        findings.push(fail(`${file} can be read by other users.`, `Run: chmod 600 ${file}`));
    }
    const readable = await access(directory, constants.R_OK | constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!readable)
      findings.push(fail(`${directory} cannot be read.`, 'Run the command as the user that runs the kiosk.'));
    return findings.length > 0 ? findings : [ok(`${directory} is private`)];
  },
};

export const lockCheck: Check = {
  name: 'lock',
  run: async ({ config, daemonPid }) => {
    const file = join(config.stateDirectory, 'vestibule.lock');
    if (!existsSync(file)) return [ok('the state directory is free')];
    const pid = Number((JSON.parse(readFileSync(file, 'utf8')) as { pid?: unknown }).pid);
    if (daemonPid !== undefined && pid === daemonPid) return [ok(`the kiosk is running (process ${pid})`)];
    if (existsSync(`/proc/${pid}`))
      return [warn(`process ${pid} holds the state directory.`, 'Wait until that command ends, or stop it.')];
    return [ok('a lock of a process that is gone; the kiosk takes it over')];
  },
};

export const portCheck: Check = {
  name: 'port',
  run: async ({ config, daemonPid }) => {
    const { host, port } = config.http;
    const daemon = daemonPid === undefined ? undefined : runningDaemon(config.stateDirectory);
    if (daemon !== undefined) return [ok(`the page of the running kiosk is at ${daemon.url}`)];
    const findings = [await portFinding(host, port, 'page', 'http.port')];
    if (config.mqtt.enabled && config.mqtt.url === undefined)
      findings.push(await portFinding('127.0.0.1', config.mqtt.embeddedPort, 'embedded broker', 'mqtt.embeddedPort'));
    return findings;
  },
};

async function portFinding(host: string, port: number, what: string, key: string): Promise<Finding> {
  const code = await new Promise<string | undefined>((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
  if (code === undefined) return ok(`${host}:${port} is free for the ${what}`);
  if (code === 'EADDRINUSE')
    return fail(
      `${host}:${port} for the ${what} is taken by another program.`,
      `Stop it (sudo ss -ltnp shows it) or change ${key}.`,
    );
  if (code === 'EACCES') return fail(`${host}:${port} needs root.`, `Set ${key} to 1024 or higher.`);
  return fail(`${host}:${port} cannot be used (${code}).`, `Correct http.host or ${key}.`);
}

const FONT_FOLDERS = ['/usr/share/fonts', '/usr/local/share/fonts'];

export const fontCheck: Check = {
  name: 'fonts',
  run: async () => {
    const found = FONT_FOLDERS.find((folder) => hasFont(folder, 4));
    return found === undefined
      ? [
          warn(
            'no font is installed; reports and the kiosk browser show no text.',
            'Run: sudo apt-get install fonts-dejavu-core',
          ),
        ]
      : [ok(`fonts in ${found}`)];
  },
};

function hasFont(folder: string, depth: number): boolean {
  if (depth === 0 || !existsSync(folder)) return false;
  return readdirSync(folder, { withFileTypes: true }).some((entry) =>
    entry.isDirectory() ? hasFont(join(folder, entry.name), depth - 1) : /\.(ttf|otf|ttc)$/i.test(entry.name),
  );
}
