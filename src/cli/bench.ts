import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { toError, VestibuleError } from '../domain/errors.js';
import { modelsDirectory } from '../packs/models-directory.js';
import { listPacks } from '../packs/verify.js';
import { measureLiveness } from './bench/liveness.js';
import { measureLogin } from './bench/login.js';
import { type Conditions, type Row, report, verdictOf } from './bench/report.js';
import {
  measureLive,
  measureMatch,
  measureMemory,
  measurePipelines,
  measureStart,
  SECTIONS,
  type Section,
} from './bench/sections.js';
import { Workplace } from './bench/workplace.js';
import { EXIT_CODES } from './exit-codes.js';
import { type CommonOptions, configFor } from './options.js';

interface BenchOptions extends CommonOptions {
  readonly only?: readonly Section[];
  readonly runs: number;
  readonly json?: string;
  readonly clips: string;
  readonly quick?: boolean;
}

/** Recorded clips beside a checkout, where there are any. */
const CLIPS = '../shared/data/liveness';

/** `vestibule bench`: speed and memory on this machine against the promises. */
export function benchCommand(): Command {
  return new Command('bench')
    .description('measure speed and memory on this machine')
    .option('--only <sections>', `comma-separated list of ${SECTIONS.join(', ')}`, sectionsOf)
    .option('--runs <n>', 'repetitions of what is measured repeatedly, at least 5', runsOf, 50)
    .option('--json <file>', 'write the rows as JSON')
    .option('--clips <folder>', 'recorded visits to replay; without them the demo people are used', CLIPS)
    .option(
      '--quick',
      'shorten the sections login and liveness to seconds: shows that they run, their figures promise nothing',
    )
    .addHelpText(
      'after',
      `
Takes about seventeen minutes, and every other program on the machine distorts it: the table names the load it began with.
docs/performance.md explains each row. Exit codes: 0 every promise is met, 1 one is not met, 5 no pack is installed.`,
    )
    .action(bench);
}

async function bench(options: BenchOptions): Promise<void> {
  const { config } = configFor(options);
  const models = modelsDirectory(config.stateDirectory);
  const installed = (await listPacks(models)).filter(({ kind, state }) => kind === 'face' && state === 'installed');
  const packs = installed.map(({ id }) => id);
  if (packs.length === 0) throw new VestibuleError('pack_missing', `No model pack is installed in ${models}`);
  const folder = await mkdtemp(join(tmpdir(), 'vestibule-bench-'));
  try {
    const load = loadavg();
    const place = new Workplace({ folder, models, packs, runs: options.runs, clips: resolve(options.clips) });
    const { opencv, engine } = await place.frame();
    const conditions: Conditions = {
      date: new Date().toISOString().slice(0, 16).replace('T', ' '),
      cpu: cpus()[0]?.model ?? 'unknown processor',
      cores: cpus().length,
      node: process.versions.node,
      opencv,
      engine,
      load,
    };
    const rows: Row[] = [];
    for (const section of wantedSections(options.only)) rows.push(...(await measured(section, place, options)));
    process.stdout.write(report(rows, conditions));
    if (options.json !== undefined) {
      const judged = rows.map((row) => ({ ...row, verdict: verdictOf(row) }));
      await writeFile(options.json, `${JSON.stringify({ conditions, rows: judged }, null, 2)}\n`);
    }
    if (rows.some((row) => verdictOf(row) === 'not met')) process.exitCode = EXIT_CODES.failed;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The rows of one section; a section that cannot run is a skipped row with the reason. */
async function measured(section: Section, place: Workplace, { quick }: BenchOptions): Promise<Row[]> {
  const begun = performance.now();
  process.stderr.write(`${section} … `);
  try {
    switch (section) {
      case 'pipelines':
        return await measurePipelines(place, false);
      case 'baselines':
        return await measurePipelines(place, true);
      case 'match':
        return await measureMatch(place);
      case 'live':
        return await measureLive(place);
      case 'memory':
        return await measureMemory(place);
      case 'start':
        return await measureStart(place);
      case 'login':
        return await measureLogin(place, quick === true);
      case 'liveness':
        return await measureLiveness(place, quick === true);
    }
  } catch (thrown) {
    return [{ what: section, unit: '', note: `could not be measured: ${toError(thrown).message}` }];
  } finally {
    process.stderr.write(`${((performance.now() - begun) / 1000).toFixed(0)} s\n`);
  }
}

/** All sections unless told otherwise. The baselines measure the pipelines too: a ratio needs both in one run. */
function wantedSections(only: readonly Section[] | undefined): readonly Section[] {
  const wanted = SECTIONS.filter((section) => only === undefined || only.includes(section));
  return wanted.includes('baselines') ? wanted.filter((section) => section !== 'pipelines') : wanted;
}

function sectionsOf(text: string): Section[] {
  return text.split(',').map((name) => {
    const section = SECTIONS.find((known) => known === name.trim());
    if (section === undefined) throw new InvalidArgumentError(`"${name}" is none of ${SECTIONS.join(', ')}`);
    return section;
  });
}

function runsOf(text: string): number {
  const runs = Number(text);
  if (!Number.isInteger(runs) || runs < 5 || runs > 10_000)
    throw new InvalidArgumentError('a whole number from 5 to 10000');
  return runs;
}
