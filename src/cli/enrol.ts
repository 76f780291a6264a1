import { SingleBar } from 'cli-progress';
import { Command, Option } from 'commander';
import { scanFolder } from '../people/folder-enrolment.js';
import { EXIT_CODES } from './exit-codes.js';
import { enrolInto, type FolderReport } from './folder-target.js';
import { galleryForecast } from './gallery-forecast.js';
import { type CommonOptions, configFor } from './options.js';
import { printable } from './report-fault.js';

interface EnrolOptions extends CommonOptions {
  readonly consentVersion: string;
  readonly language: 'en' | 'de' | 'fr';
  readonly names?: string;
  readonly dryRun?: boolean;
  readonly refuseSimilar?: boolean;
  readonly json?: boolean;
}

/** Consent of an import that names no text: the administrator keeps the signed texts outside the kiosk. */
const CONSENT_ON_FILE = 'on-file';

/** `vestibule enrol <folder>`: one folder per person with one or more photographs. */
export function enrolCommand(): Command {
  return new Command('enrol')
    .description('enrol everybody of a folder of photographs')
    .argument('<folder>', 'holds one folder per person, each with JPEG or PNG photographs')
    .option('--consent-version <version>', 'version of the text that these people agreed to', CONSENT_ON_FILE)
    .addOption(new Option('--language <code>', 'language of that text').choices(['en', 'de', 'fr']).default('en'))
    .option('--names <csv>', 'names and numbers: file or folder,name[,personnel number]')
    .option('--refuse-similar', 'refuse a person who looks like somebody enrolled (default: enrol and warn)')
    .option('--dry-run', 'judge every photograph, store nothing')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
The folder's name is the person's name (_ counts as a space). Every photograph is judged (one face, size, light,
sharpness, direction); refused ones are named with the reason. Somebody enrolled already is skipped, so the command may
be repeated. While a kiosk runs on the state directory, enrolment goes through it.

Photographs: JPEG or PNG, at most 5 MB, 8 megapixels and 4096 pixels a side. Pictures of a telephone are often larger:
export them with 3200 pixels on the longer side. One person alone, face towards the camera.

Enrolling needs the consent of each person. It is recorded with the version of the text that was agreed to; without
--consent-version it is recorded as "on-file": you keep the signed texts yourself.

Exit code 1 when a person was refused.

Examples:
  $ vestibule enrol ./photos
  $ vestibule enrol ./photos --consent-version 2026-01 --language de
  $ vestibule enrol ./photos --consent-version 2026-01 --dry-run`,
    )
    .action(enrol);
}

async function enrol(root: string, options: EnrolOptions): Promise<void> {
  const { config } = configFor(options);
  const found = await scanFolder(root, options.names);
  const total = found.reduce((sum, person) => sum + person.files.length, 0);
  const forecast = await galleryForecast(config, found.length);
  if (forecast !== undefined)
    process.stderr.write(`! With everybody of this folder enrolled nobody would be recognised any more: ${forecast}\n`);
  const terminal = process.stdout.isTTY === true && options.json !== true;
  const bar = terminal
    ? new SingleBar({ format: '{bar} {value}/{total} photographs  {name}', clearOnComplete: true })
    : undefined;
  const reports: FolderReport[] = [];
  bar?.start(total, 0, { name: '' });
  try {
    for await (const report of enrolInto(config, {
      root,
      nameList: options.names,
      consentVersion: options.consentVersion,
      language: options.language,
      dryRun: options.dryRun === true,
      refuseSimilar: options.refuseSimilar === true,
    })) {
      reports.push(report);
      if (report.kind === 'photo') bar?.increment(1, { name: printable(report.name) });
      else if (bar === undefined && options.json !== true) process.stdout.write(block(reports, report, options));
    }
  } finally {
    bar?.stop();
  }
  finish(reports, options, bar !== undefined);
}

function finish(reports: readonly FolderReport[], options: EnrolOptions, late: boolean): void {
  const count = (kind: FolderReport['kind']): number => reports.filter((report) => report.kind === kind).length;
  const totals = { enrolled: count('enrolled'), skipped: count('skipped'), refused: count('refused') };
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ dryRun: options.dryRun === true, ...totals, reports }, null, 2)}\n`);
  } else {
    if (late)
      for (const report of reports) if (report.kind !== 'photo') process.stdout.write(block(reports, report, options));
    const verb = options.dryRun === true ? 'would be enrolled' : 'enrolled';
    process.stdout.write(`${totals.enrolled} ${verb}, ${totals.skipped} skipped, ${totals.refused} refused\n`);
    for (const report of reports)
      if (report.kind === 'gallery') process.stdout.write(`! ${printable(report.detail)}\n`);
  }
  if (totals.refused > 0) process.exitCode = EXIT_CODES.failed;
}

/** The line of a person with his refused photographs below it. */
function block(reports: readonly FolderReport[], report: FolderReport, options: EnrolOptions): string {
  const refused = reports.flatMap((one) =>
    one.kind === 'photo' && !one.accepted && report.kind !== 'gallery' && one.name === report.name
      ? [`  refused ${printable(one.file)}: ${one.detail ?? ''}\n`]
      : [],
  );
  return line(report, options.dryRun === true) + refused.join('');
}

/** The gallery is said after the totals, where it is read last. */
function line(report: FolderReport, dryRun: boolean): string {
  if (report.kind === 'gallery') return '';
  const name = printable(report.name);
  switch (report.kind) {
    case 'photo':
      return '';
    case 'enrolled': {
      const warning = report.similar
        .map(({ personId, score, threshold }) =>
          personId === undefined
            ? '  ! looks like somebody who is enrolled already\n'
            : `  ! looks like ${personId} (score ${score?.toFixed(3)}, threshold ${threshold?.toFixed(3)})\n`,
        )
        .join('');
      const words = dryRun ? 'could be enrolled' : `enrolled as ${report.id ?? '?'}`;
      return `✓ ${name} ${words} from ${report.photos} photograph${report.photos === 1 ? '' : 's'}\n${warning}`;
    }
    case 'skipped':
      return `– ${printable(report.detail)}\n`;
    case 'refused':
      return `✗ ${name}: ${printable(report.detail)}\n`;
  }
}
