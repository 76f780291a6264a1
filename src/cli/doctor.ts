import { Command } from 'commander';
import { toError, VestibuleError } from '../domain/errors.js';
import { runningDaemon } from './control-file.js';
import { brokerCheck } from './doctor/broker-check.js';
import { codesCheck } from './doctor/codes-check.js';
import { type Check, type DoctorContext, type Finding, fail } from './doctor/finding.js';
import { lanCheck } from './doctor/lan-check.js';
import { livenessCheck } from './doctor/liveness-check.js';
import {
  clockCheck,
  configurationCheck,
  diskCheck,
  fontCheck,
  lockCheck,
  nodeCheck,
  permissionsCheck,
  portCheck,
} from './doctor/machine-checks.js';
import { peopleCheck } from './doctor/people-check.js';
import { cameraCheck, enginesCheck, opencvCheck, packsCheck } from './doctor/vision-checks.js';
import { EXIT_CODES } from './exit-codes.js';
import { type CommonOptions, configFor } from './options.js';
import { printable } from './report-fault.js';

const CHECKS: readonly Check[] = [
  nodeCheck,
  configurationCheck,
  cameraCheck,
  opencvCheck,
  enginesCheck,
  packsCheck,
  livenessCheck,
  peopleCheck,
  brokerCheck,
  codesCheck,
  lanCheck,
  clockCheck,
  diskCheck,
  permissionsCheck,
  lockCheck,
  portCheck,
  fontCheck,
];

/** Findings of one check. */
export interface Diagnosis {
  readonly check: string;
  readonly findings: readonly Finding[];
}

/** `vestibule doctor`. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description(
      'check camera, packs, liveness, people, broker, codes, LAN listener, clock, disk and permissions, and say how to mend each',
    )
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Every line is ✓ (fine), ! (works, with a limit) or ✗ (must be mended); below ! and ✗ stands how. Exit code 1 when one is ✗.
Works beside a running kiosk and opens no camera.

Examples:
  $ vestibule doctor
  $ vestibule doctor --config kiosk.yaml --json`,
    )
    .action(async (options: CommonOptions & { readonly json?: boolean }) => {
      const { config, file } = configFor(options);
      const daemonPid = runningDaemon(config.stateDirectory)?.pid;
      const context: DoctorContext = { config, configFile: file, env: process.env, daemonPid };
      const all: Diagnosis[] = [];
      for (const check of CHECKS) {
        const diagnosis = { check: check.name, findings: await examine(check, context) };
        all.push(diagnosis);
        if (options.json !== true) process.stdout.write(text(diagnosis));
      }
      const healthy = all.every(({ findings }) => findings.every((finding) => finding.level !== 'fail'));
      if (options.json === true) process.stdout.write(`${JSON.stringify({ ok: healthy, checks: all }, null, 2)}\n`);
      if (!healthy) process.exitCode = EXIT_CODES.failed;
    });
}

/** Runs one check; a fault inside it is a finding, so that the other checks still run. */
export async function examine(check: Check, context: DoctorContext): Promise<readonly Finding[]> {
  try {
    return await check.run(context);
  } catch (thrown) {
    if (thrown instanceof VestibuleError) return [fail(thrown.message, thrown.mend)];
    return [fail(`the check itself failed: ${toError(thrown).message}`, 'Report this message.')];
  }
}

const MARKS = { ok: '✓', warn: '!', fail: '✗' } as const;

function text({ check, findings }: Diagnosis): string {
  return findings
    .map(({ level, text: words, mend }) => {
      const head = `${MARKS[level]} ${check.padEnd(13)} ${printable(words)}\n`;
      return mend === undefined ? head : `${head}  → ${printable(mend)}\n`;
    })
    .join('');
}
