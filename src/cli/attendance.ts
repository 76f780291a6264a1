import { createWriteStream } from 'node:fs';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { SystemClock } from '../adapters/clock-system.js';
import { StateDirectoryReader } from '../adapters/store-lowdb.js';
import type { NameOf } from '../attendance/csv.js';
import { DayReader } from '../attendance/day-reader.js';
import { dayView, type PersonDayRow } from '../attendance/day-view.js';
import { EXPORT_FORMATS, type ExportFormat, exportDays } from '../attendance/export.js';
import { rulesOf } from '../attendance/rules.js';
import type { Config } from '../config/schema.js';
import { toError, VestibuleError } from '../domain/errors.js';
import { dayBefore, isDay, localDay } from '../domain/local-day.js';
import type { CollectionSpec } from '../ports/collection.js';
import { configFor } from './options.js';
import { printable } from './report-fault.js';

interface StateOptions {
  readonly state?: string;
  readonly config?: string;
}

interface ExportOptions extends StateOptions {
  readonly from: string;
  readonly to: string;
  readonly format: ExportFormat;
  readonly out?: string;
}

/** What this command needs of `people.json`: further fields are not looked at. */
const NAMES: CollectionSpec<{ people: { id: string; name: string }[] }> = {
  file: 'people.json',
  version: 1,
  schema: z.object({ people: z.array(z.object({ id: z.string(), name: z.string() })) }),
  initial: () => ({ people: [] }),
};

function say(sentence: string): void {
  process.stderr.write(`${printable(sentence)}\n`);
}

/** Everything a subcommand reads with; the state directory is only read, so the daemon may run. */
async function openState(options: StateOptions): Promise<{ config: Config; days: DayReader; nameOf: NameOf }> {
  const { config } = configFor(options);
  const reader = new StateDirectoryReader(config.stateDirectory);
  const { data, reason } = await reader.read(NAMES);
  if (reason !== undefined) say(`people.json: ${reason}; names may be missing.`);
  const names = new Map(data.people.map(({ id, name }) => [id, name]));
  return { config, days: new DayReader({ reader, onFault: say }), nameOf: (id) => names.get(id) };
}

/** Hours and minutes, for example `7:05`. */
function hours(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}

function table(rows: readonly PersonDayRow[]): string {
  const lines = rows.map((row) => [
    printable(row.name || row.personId),
    row.firstIn?.slice(11, 16) ?? '-',
    row.lastOut?.slice(11, 16) ?? '-',
    hours(row.workedMs),
    row.inside ? 'inside' : row.forgotten ? 'no check-out' : '',
  ]);
  const all = [['Name', 'In', 'Out', 'Hours', ''], ...lines];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((line) => [...(line[column] ?? '')].length)));
  const pad = (text: string, column: number): string => text + ' '.repeat((widths[column] ?? 0) - [...text].length);
  return all
    .map((line) =>
      line
        .map((text, column) => (column < 4 ? pad(text, column) : text))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

async function today(options: StateOptions & { readonly json?: boolean }, output: Writable): Promise<void> {
  const { config, days, nameOf } = await openState(options);
  const nowMs = new SystemClock().now();
  const day = localDay(nowMs, config.zone);
  const events = [];
  for await (const ofDay of days.range(dayBefore(day, 2), day)) events.push(...ofDay);
  events.sort((a, b) => a.seq - b.seq);
  const people = dayView(events, nameOf, nowMs, config.zone, rulesOf(config));
  if (options.json === true) output.write(`${JSON.stringify({ day, people })}\n`);
  else if (people.length === 0) output.write(`${day}: no attendance yet.\n`);
  else output.write(`${day}\n${table(people)}\n`);
}

function mustBeDay(text: string, option: string): string {
  if (isDay(text)) return text;
  throw new VestibuleError('input_invalid', `${option} must be a day written YYYY-MM-DD, not "${text}".`);
}

async function exportRange(options: ExportOptions, output: Writable): Promise<void> {
  const from = mustBeDay(options.from, '--from');
  const to = mustBeDay(options.to, '--to');
  if (from > to) throw new VestibuleError('input_invalid', '--from must not be later than --to.');
  if (options.format === 'xlsx' && options.out === undefined && process.stdout.isTTY)
    throw new VestibuleError('input_invalid', 'A spreadsheet is no text: name a file with --out.');
  const { days, nameOf } = await openState(options);
  const pieces = Readable.from(exportDays(days.range(from, to), options.format, nameOf));
  if (options.out === undefined) return pipeline(pieces, output, { end: false });
  try {
    await pipeline(pieces, createWriteStream(options.out, { mode: 0o600 }));
  } catch (thrown) {
    throw new VestibuleError('input_invalid', `${options.out} cannot be written: ${toError(thrown).message}`, {
      cause: thrown,
    });
  }
}

/** `vestibule attendance today|export`. @param output where tables and exports without --out go */
export function attendanceCommand(output: Writable = process.stdout): Command {
  const withState = (command: Command): Command =>
    command
      .addOption(new Option('--state <directory>', 'state directory (default: as configured, ./state)'))
      .addOption(new Option('--config <file>', 'configuration file'));
  const command = new Command('attendance').description("show today's attendance and export days");
  withState(command.command('today'))
    .description('who came when, who is inside, hours worked')
    .option('--json', 'for machines')
    .action((options) => today(options, output));
  withState(command.command('export'))
    .description('events of a range of days')
    .requiredOption('--from <day>', 'first day, YYYY-MM-DD')
    .requiredOption('--to <day>', 'last day, YYYY-MM-DD')
    .addOption(new Option('--format <format>', 'form of the export').choices(EXPORT_FORMATS).default('csv'))
    .option('--out <file>', 'file to write (default: standard output)')
    .action((options) => exportRange(options, output));
  return command;
}
