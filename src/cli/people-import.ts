import { readFile, stat } from 'node:fs/promises';
import { Command } from 'commander';
import { isMailAddress, isPhoneNumber } from '../adapters/code-destination.js';
import { knowsPasswordHash } from '../adapters/password-parameters.js';
import { inCountries } from '../auth/factors/otp-destination.js';
import { toError, VestibuleError } from '../domain/errors.js';
import { importPeople } from '../people/import-people.js';
import { planImport } from '../people/import-plan.js';
import { runningDaemon } from './control-file.js';
import { EXIT_CODES } from './exit-codes.js';
import { openLocalKiosk } from './local-kiosk.js';
import { type CommonOptions, configFor } from './options.js';
import { IMPORT_MAX_BYTES, parsePeopleCsv } from './people-csv.js';
import { type Output, printable } from './report-fault.js';

interface ImportOptions extends CommonOptions {
  readonly dryRun?: boolean;
  readonly contactsConfirmed?: boolean;
  readonly json?: boolean;
}

/** `vestibule people import <file>`. */
export function importCommand(output: Output = process.stdout): Command {
  return new Command('import')
    .description('add everybody of a CSV file, with the password hashes of a former system')
    .argument('<file>', 'CSV with a header line')
    .option('--contacts-confirmed', 'numbers and addresses were confirmed before: codes may go to them at once')
    .option('--dry-run', 'judge every row, store nothing')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Columns, in any order: name, and any of user_name, external_id, role, email, phone, password_hash. Hashes of argon2id,
bcrypt and Django (pbkdf2_sha256) go on working and are replaced at the first sign-in. Every fault is named with its
line; with one fault nobody is imported. Stop the kiosk first (a dry run works beside it).

Examples:
  $ vestibule people import people.csv --dry-run
  $ vestibule people import people.csv --contacts-confirmed`,
    )
    .action((file: string, options: ImportOptions) => importFile(file, options, output));
}

async function importFile(file: string, options: ImportOptions, output: Output): Promise<void> {
  const rows = parsePeopleCsv(await readText(file));
  const { config } = configFor(options);
  const dryRun = options.dryRun === true;
  if (!dryRun && runningDaemon(config.stateDirectory) !== undefined)
    throw new VestibuleError('state_locked', 'The kiosk is running. Stop it for the import, then start it again.');
  const kiosk = await openLocalKiosk(config, dryRun ? 'read' : 'write');
  try {
    const { people, faults } = planImport(rows, {
      ...kiosk,
      knowsHash: knowsPasswordHash,
      isPhoneNumber,
      countries: config.otp.countries,
      isOfCountry: (number) => inCountries(number, config.otp.countries),
      isMailAddress,
    });
    const isRefused = faults.length > 0;
    const ids = dryRun || isRefused ? [] : await importPeople(people, kiosk, options.contactsConfirmed === true);
    if (options.json === true)
      output.write(`${JSON.stringify({ dryRun, rows: rows.length, imported: ids, faults }, null, 2)}\n`);
    else {
      for (const { line, message } of faults) output.write(`✗ line ${line}: ${printable(message)}\n`);
      if (isRefused) output.write(`Nobody was imported: ${faults.length} faults. Correct them and repeat.\n`);
      else if (dryRun) output.write(`✓ ${people.length} people could be imported\n`);
      else output.write(`✓ ${ids.length} people imported\n`);
    }
    if (isRefused) process.exitCode = EXIT_CODES.failed;
  } finally {
    await kiosk.close();
  }
}

async function readText(file: string): Promise<string> {
  try {
    if ((await stat(file)).size > IMPORT_MAX_BYTES)
      throw new VestibuleError('input_invalid', `${file} is larger than 8 MB. Divide it.`);
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (thrown) {
    if (thrown instanceof VestibuleError) throw thrown;
    if (thrown instanceof TypeError)
      throw new VestibuleError('input_invalid', `${file} is not UTF-8. Save it as CSV in UTF-8.`);
    throw new VestibuleError('input_invalid', `${file} cannot be read: ${toError(thrown).message}`);
  }
}
