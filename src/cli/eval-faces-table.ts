import { FARS, type FarName, type PairReport, type TemplateReport } from './eval-faces-report.js';

/** Prints the figures for a person to read, with the number of comparisons beside each group. */
export function printEvaluation(
  out: NodeJS.WritableStream,
  pack: string,
  pairs: PairReport,
  templates: TemplateReport | undefined,
): void {
  const lines = [
    `Pack ${pack} on ${pairs.images} photographs, ${pairs.missed} without a usable face`,
    `  ${pairs.nGenuine} genuine and ${pairs.nImpostor} impostor pairs: accuracy ${percent(pairs.accuracy)}, equal error rate ${percent(pairs.eer)}`,
    '',
    `One photograph; thresholds from ${pairs.nFar} comparisons (${pairs.farFrom})`,
    '  FAR    threshold   genuine pairs of the file   all pairs of the same person',
    ...names().map(
      (far) =>
        `  ${far}   ${number(pairs.thresholds[far])}       ${percent(pairs.tarAtFar[far])}                     ${percent(pairs.tarAtFarAllPairs[far])} (n = ${pairs.nAllGenuine})`,
    ),
  ];
  if (templates !== undefined) {
    lines.push(
      '',
      `Templates of ${templates.photos} photographs: ${templates.templates} of ${templates.people} people, ${templates.nGenuine} genuine and ${templates.nImpostor} impostor comparisons`,
      '  FAR    threshold   accepted',
      ...names().map(
        (far) => `  ${far}   ${number(templates.thresholds[far])}       ${percent(templates.tarAtFar[far])}`,
      ),
      `  The right person came first in ${percent(templates.rank1)} of the searches.`,
    );
  }
  lines.push(
    '',
    'Thresholds are set and measured on the same photographs; light, pose and people at your door differ.',
    '',
  );
  out.write(lines.join('\n'));
}

const names = (): FarName[] => Object.keys(FARS) as FarName[];
const percent = (value: number | null): string =>
  value === null ? '   —   ' : `${(100 * value).toFixed(2)} %`.padStart(8);
const number = (value: number | null): string => (value === null ? '  —  ' : value.toFixed(3));
