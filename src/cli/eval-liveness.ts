import { writeFile } from 'node:fs/promises';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { sameFaceThreshold } from '../auth/factors/face-reference.js';
import { VestibuleError } from '../domain/errors.js';
import { curvesOf } from '../packs/calibration.js';
import { modelsDirectory } from '../packs/models-directory.js';
import { bestPack } from '../packs/verify.js';
import { type LabelledSource, readLabels } from './eval-liveness-data.js';
import { type JudgedSource, type JudgeSettings, judgeSource } from './eval-liveness-judge.js';
import { writeLivenessPlot } from './eval-liveness-plot.js';
import { evaluationReport } from './eval-liveness-report.js';
import { evaluationText } from './eval-liveness-table.js';
import { type LivenessMeasurer, openLivenessMeasurer } from './liveness-measure.js';
import { type CommonOptions, configFor } from './options.js';
import { plotKind } from './plot-file.js';
import { type Output, printable } from './report-fault.js';

interface EvalOptions extends CommonOptions {
  readonly pack: string;
  readonly framesPerSecond: number;
  readonly json?: string;
  readonly plot?: string;
}

/** `vestibule eval liveness`: errors of the passive gate on labelled clips, sessions and stills. */
export function evalLivenessCommand(output: Output = process.stdout): Command {
  return new Command('liveness')
    .description('measure liveness on labelled clips (columns file, label, medium)')
    .argument('<labels.csv>', 'clips, stills or folders of record-liveness; paths are relative to this file')
    .option('--pack <id>', 'core, open, or auto for the best one installed', 'auto')
    .option('--frames-per-second <n>', "frames that are looked at, of the clip's own time", rate, 10)
    .option('--json <file>', 'write the figures as JSON')
    .option('--plot <file>', 'draw scores and error rates as .svg or .png')
    .addHelpText(
      'after',
      `
label is live, or the kind of attack (replay, print, mask, …); label and medium together are a species, which has its own
rate. Optional columns: person, score_from_s and score_to_s (the part of a clip that counts). Every clip runs through the
gates of the product at level passive, as a recording that the configuration allows. docs/liveness.md explains the figures.

Exit codes: 0 done, 1 the input is wrong, 5 the pack, the engine or OpenCV is not installed.

Example:
  $ vestibule eval liveness corpus/labels.csv --json figures.json --plot figures.png`,
    )
    .action((labels: string, options: EvalOptions) => evaluate(labels, options, output));
}

async function evaluate(labels: string, options: EvalOptions, output: Output): Promise<void> {
  if (options.plot !== undefined) plotKind(options.plot);
  const { config } = configFor(options);
  const directory = modelsDirectory(config.stateDirectory);
  const sources = await readLabels(labels);
  const pack = options.pack === 'auto' ? await bestPack(directory) : options.pack;
  if (pack === undefined) throw new VestibuleError('pack_missing', `No model pack is installed in ${directory}`);
  const { framesPerSecond } = options;
  const { passiveThreshold } = config.liveness;
  const measurer = await openLivenessMeasurer({
    modelsDirectory: directory,
    pack,
    detectSize: config.vision.detectSize,
    trouble: (sentence) => void process.stderr.write(`! ${printable(sentence)}\n`),
  });
  const sameFace = sameFaceThreshold(measurer.pack, { curvesOf: (id) => curvesOf(id), config });
  if (sameFace === undefined)
    throw new VestibuleError(
      'pack_mismatch',
      `There is no calibration that tells two faces of the pack ${pack} apart.`,
    );
  const settings = { framesPerSecond, passiveThreshold, sameFace };
  const judged = await judgeAll(sources, measurer, settings).finally(() => measurer.dispose());
  const report = evaluationReport(judged, {
    pack,
    packHash: measurer.pack.hash,
    engine: measurer.engine,
    networks: measurer.networks,
    passiveThreshold,
    framesPerSecond,
  });
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
  if (options.plot !== undefined) await writeLivenessPlot(options.plot, judged, passiveThreshold);
  output.write(evaluationText(report));
}

async function judgeAll(
  sources: readonly LabelledSource[],
  measurer: LivenessMeasurer,
  settings: JudgeSettings,
): Promise<readonly JudgedSource[]> {
  const bar = new SingleBar({
    format: 'Sources [{bar}] {percentage}% | {value}/{total} | {duration_formatted}',
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  bar.start(sources.length, 0);
  try {
    const judged: JudgedSource[] = [];
    for (const source of sources) {
      judged.push(await judgeSource(source, measurer, settings));
      bar.increment();
    }
    return judged;
  } finally {
    bar.stop();
  }
}

function rate(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 1 || value > 60) throw new InvalidArgumentError('a number from 1 to 60');
  return value;
}
