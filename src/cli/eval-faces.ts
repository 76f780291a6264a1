import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import { toError, VestibuleError } from '../domain/errors.js';
import type { FaceObservation } from '../domain/observation.js';
import { modelsDirectory } from '../packs/models-directory.js';
import { bestPack } from '../packs/verify.js';
import type { StillAnalysis } from '../ports/vision.js';
import { type PersonImages, readPairs, readPeople } from './eval-faces-data.js';
import { writeRocPlot } from './eval-faces-plot.js';
import { imagesOf, pairReport, peopleOf, templateReport } from './eval-faces-report.js';
import { printEvaluation } from './eval-faces-table.js';
import { type CommonOptions, configFor } from './options.js';
import { plotKind } from './plot-file.js';
import { openStillAnalyser } from './still-analyser.js';

interface EvalOptions extends CommonOptions {
  readonly images: string;
  readonly pack: string;
  readonly people?: string;
  readonly templates: number;
  readonly json?: string;
  readonly plot?: string;
}

/** `vestibule eval faces`: accuracy of a pack on labelled pairs of photographs. */
export function evalFacesCommand(): Command {
  return new Command('faces')
    .description('measure a model pack on pairs of photographs (columns a, b, same)')
    .argument('<pairs.csv>', 'pairs; paths are relative to --images, the folder names the person')
    .requiredOption('--images <root>', 'folder that holds the images')
    .option('--pack <id>', 'core, open, or auto for the best one installed', 'auto')
    .option('--people <people.csv>', 'people for templates of several photographs (columns name, files)')
    .option('--templates <n>', 'photographs averaged into a template; 0 leaves that part out', wholeNumber, 3)
    .option('--json <file>', 'write the figures as JSON')
    .option('--plot <file>', 'draw the ROC curve as .svg or .png')
    .addHelpText(
      'after',
      '\nOf several faces the one nearest to the centre counts; a missed face counts as a rejected pair.\nExit codes: 0 done, 1 the input is wrong, 5 the pack, the engine or OpenCV is not installed.',
    )
    .action(evaluate);
}

async function evaluate(pairsFile: string, options: EvalOptions): Promise<void> {
  if (options.plot !== undefined) plotKind(options.plot);
  const { config } = configFor(options);
  const directory = modelsDirectory(config.stateDirectory);
  const pairs = await readPairs(pairsFile);
  const listed = options.people === undefined ? undefined : await readPeople(options.people);
  const pack = options.pack === 'auto' ? await bestPack(directory) : options.pack;
  if (pack === undefined) throw new VestibuleError('pack_missing', `No model pack is installed in ${directory}`);

  const people = withOthers(listed, peopleOf(pairs));
  const images = [...new Set([...imagesOf(pairs), ...(options.templates > 0 ? people.flatMap((p) => p.images) : [])])];
  const analyser = await openStillAnalyser({ modelsDirectory: directory, pack, detectSize: config.vision.detectSize });
  const embeddings = new Map<string, Float32Array | undefined>();
  const bar = new SingleBar({
    format: 'Faces [{bar}] {percentage}% | {value}/{total} | {duration_formatted}',
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
  });
  bar.start(images.length, 0);
  let hash = '';
  try {
    for (const image of images) {
      const analysis = await analyser.still(await readImage(options.images, image));
      hash = analysis.pack.hash;
      embeddings.set(image, centralFace(analysis)?.embedding);
      bar.increment();
    }
  } finally {
    bar.stop();
    await analyser.dispose();
  }

  const single = pairReport(pairs, embeddings);
  const templates = options.templates > 0 ? templateReport(people, embeddings, options.templates) : undefined;
  const report = {
    pack,
    packHash: hash,
    engine: analyser.engine,
    ...single.report,
    ...(templates === undefined ? {} : { templates: templates.report }),
  };
  if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
  if (options.plot !== undefined) {
    await writeRocPlot(options.plot, `Pack ${pack}: ${single.report.images} photographs`, [
      { name: '1 photograph', points: single.roc },
      ...(templates === undefined
        ? []
        : [{ name: `${options.templates} photographs averaged`, points: templates.roc }]),
    ]);
  }
  printEvaluation(process.stdout, pack, single.report, templates?.report);
}

/** The listed people, and everybody else of the pairs as strangers. */
function withOthers(
  listed: readonly PersonImages[] | undefined,
  all: readonly PersonImages[],
): readonly PersonImages[] {
  if (listed === undefined) return all;
  const names = new Set(listed.map((person) => person.name));
  return [...listed, ...all.filter((person) => !names.has(person.name))];
}

/** The face whose centre lies nearest to the centre of the image: the labelled one by the protocol of the data set. */
export function centralFace(analysis: StillAnalysis): FaceObservation | undefined {
  const distance = ({ box }: FaceObservation): number =>
    Math.hypot(box.x + box.width / 2 - analysis.width / 2, box.y + box.height / 2 - analysis.height / 2);
  return [...analysis.faces].sort((a, b) => distance(a) - distance(b))[0];
}

async function readImage(root: string, image: string): Promise<Uint8Array> {
  try {
    return await readFile(join(root, image));
  } catch (thrown) {
    const cause = toError(thrown);
    throw new VestibuleError('input_invalid', `The image ${image} cannot be read below ${root}: ${cause.message}`, {
      cause,
    });
  }
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 20)
    throw new InvalidArgumentError('a whole number from 0 to 20');
  return value;
}
