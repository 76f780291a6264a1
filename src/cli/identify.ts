import { readFile, stat } from 'node:fs/promises';
import { Command } from 'commander';
import { Identification, type IdentificationStatus } from '../auth/identification.js';
import { toError, VestibuleError } from '../domain/errors.js';
import { decideMatch, Gallery } from '../domain/match.js';
import { curvesOf } from '../packs/calibration.js';
import type { Vision } from '../ports/vision.js';
import { EXIT_CODES } from './exit-codes.js';
import { type LocalKiosk, openLocalKiosk, packInUse } from './local-kiosk.js';
import { type CommonOptions, configFor } from './options.js';
import { printable } from './report-fault.js';
import { openStillAnalyser } from './still-analyser.js';
import { stillVision } from './still-vision.js';

interface IdentifyOptions extends CommonOptions {
  readonly json?: boolean;
}

interface Ranked {
  readonly personId: string;
  readonly name: string;
  readonly score: number;
}

/** What is said about one picture. */
interface Verdict {
  readonly file: string;
  /** `match`, `no_match`, `ambiguous_match`, `unavailable`, `no_face`, or `refused` for a file that is no picture. */
  readonly verdict: string;
  readonly detail?: string;
  readonly faces?: number;
  readonly best?: Ranked;
  readonly second?: Ranked;
  readonly threshold?: number;
  readonly fmr?: number;
  readonly margin?: number;
}

const PICTURE_MAX_BYTES = 5 * 1024 * 1024;

/** `vestibule identify <image...>`: the largest face of each picture against everybody. Records nothing. */
export function identifyCommand(): Command {
  return new Command('identify')
    .description('say who is on a photograph')
    .argument('<image...>', 'JPEG or PNG files')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      `
Compares the largest face with everybody and prints the best and the second best person, the threshold that the number
of persons demands and its false match rate. Nothing is recorded. Works beside a running kiosk.

Exit code 1 when a picture matched nobody.

Example:
  $ vestibule identify visitor.jpg --json`,
    )
    .action(identify);
}

async function identify(files: readonly string[], options: IdentifyOptions): Promise<void> {
  const { config } = configFor(options);
  const kiosk = await openLocalKiosk(config, 'read');
  try {
    const pack = await packInUse(config, kiosk);
    const { modelsDirectory, people, templates } = kiosk;
    const analyser = await openStillAnalyser({ modelsDirectory, pack, detectSize: config.vision.detectSize });
    try {
      const { recognition } = config;
      const vision = stillVision(analyser);
      const search = new Identification({ people, templates, vision, curvesOf: (id) => curvesOf(id), recognition });
      const verdicts: Verdict[] = [];
      for (const file of files) {
        const verdict = await judge(file, vision, kiosk, search.status(), recognition.margin);
        verdicts.push(verdict);
        if (options.json !== true) process.stdout.write(text(verdict));
      }
      if (options.json === true)
        process.stdout.write(`${JSON.stringify({ pack, gallery: search.status().gallery, verdicts }, null, 2)}\n`);
      if (verdicts.some((one) => one.verdict !== 'match')) process.exitCode = EXIT_CODES.failed;
    } finally {
      await analyser.dispose();
    }
  } finally {
    await kiosk.close();
  }
}

async function judge(
  file: string,
  vision: Vision,
  { people, templates }: LocalKiosk,
  status: IdentificationStatus,
  margin: number,
): Promise<Verdict> {
  let analysis: Awaited<ReturnType<Vision['still']>>;
  try {
    const { size } = await stat(file);
    if (size > PICTURE_MAX_BYTES) return { file, verdict: 'refused', detail: 'The file is larger than 5 MB.' };
    analysis = await vision.still(new Uint8Array(await readFile(file)));
  } catch (thrown) {
    if (thrown instanceof VestibuleError && thrown.code !== 'image_refused') throw thrown;
    return { file, verdict: 'refused', detail: toError(thrown).message };
  }
  const { faces, pack } = analysis;
  const embedding = faces[0]?.embedding;
  if (embedding === undefined) return { file, verdict: 'no_face', faces: faces.length };
  const entries = templates
    .all()
    .filter((template) => template.kind === 'face' && people.find(template.personId) !== undefined);
  const gallery = new Gallery({ modelHash: pack.hash, dim: pack.dim, entries });
  const candidates = gallery.identify({ vector: embedding, modelHash: pack.hash });
  const ranked = (one: { personId: string; score: number }): Ranked => ({
    personId: one.personId,
    name: people.nameOf(one.personId) ?? '',
    score: one.score,
  });
  const { threshold, fmr, reason } = status;
  const verdict =
    status.identification === 'refused'
      ? 'unavailable'
      : threshold === undefined
        ? 'no_match'
        : decideMatch(candidates, { threshold, margin }).kind;
  return {
    file,
    faces: faces.length,
    verdict,
    ...(reason === undefined ? {} : { detail: reason }),
    ...(candidates.best === undefined ? {} : { best: ranked(candidates.best) }),
    ...(candidates.second === undefined ? {} : { second: ranked(candidates.second) }),
    ...(threshold === undefined ? {} : { threshold, margin }),
    ...(fmr === undefined ? {} : { fmr }),
  };
}

const WORDS: Readonly<Record<string, string>> = {
  match: '✓ match',
  no_match: '✗ nobody matches',
  ambiguous_match: '✗ two persons are too much alike',
  unavailable: '✗ search is not possible',
  no_face: '✗ no face was found',
  refused: '✗ the file is refused',
};

function text(verdict: Verdict): string {
  const { best, second, threshold, fmr, margin, faces } = verdict;
  const person = (one: Ranked): string => `${printable(one.name)} (${one.personId}), score ${one.score.toFixed(3)}`;
  const lines = [`${printable(verdict.file)}: ${WORDS[verdict.verdict] ?? verdict.verdict}`];
  if (verdict.detail !== undefined) lines.push(`  ${printable(verdict.detail)}`);
  if (faces !== undefined && faces > 1) lines.push(`  ${faces} faces; the largest one was compared`);
  if (best !== undefined) lines.push(`  best    ${person(best)}`);
  if (second !== undefined) lines.push(`  second  ${person(second)}`);
  if (threshold !== undefined && fmr !== undefined)
    lines.push(
      `  threshold ${threshold.toFixed(3)} (false match rate ${fmr.toExponential(0)} a comparison), margin ${margin}`,
    );
  return `${lines.join('\n')}\n`;
}
