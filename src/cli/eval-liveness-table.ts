import type { EvaluationReport } from './eval-liveness-report.js';
import { REASON_WORDS } from './liveness-words.js';
import { printable } from './report-fault.js';
import { table } from './table.js';

const percent = (part: number | null): string => (part === null ? '–' : `${(100 * part).toFixed(1)} %`);
const SHORT_HASH = 'sha256:'.length + 16;

/** The figures for a person to read. */
export function evaluationText(report: EvaluationReport): string {
  const { networks, species, worst, acer, bpcer, passiveThreshold, framesPerSecond, longSidePx } = report;
  const attack = species.find((one) => one.kind === 'attack' && one.species === worst);
  const nets = Object.entries(networks).map(([name, hash]) => `${name} ${hash?.slice(0, SHORT_HASH)}`);
  const head = [
    `Level passive, P(live) ≥ ${passiveThreshold}, ${framesPerSecond} frames a second, long side ≤ ${longSidePx} px (area), box of the detector`,
    `Pack ${report.pack} ${report.packHash.slice(0, SHORT_HASH)}; networks ${nets.join(', ') || 'none'}; ${report.engine}`,
    '',
  ];
  const rows = [
    [
      'species',
      'n',
      'people',
      'APCER',
      'BPCER',
      'no answer',
      '95 % bound',
      'frames accepted',
      'all runs passed',
      'turn passes',
    ],
    ...species.map((one) => [
      one.species,
      String(one.n),
      one.people === 0 ? '–' : String(one.people),
      percent(one.apcer),
      percent(one.bpcer),
      percent(one.nonResponse),
      `≤ ${percent(one.upper95)}`,
      `${one.accepted} of ${one.scored}`,
      one.runs === 0 ? '–' : `${one.runsPassed} of ${one.runs}`,
      one.turned === null ? '–' : `${one.turned} of ${one.n}`,
    ]),
  ];
  const light = species.flatMap((one) =>
    one.light === null
      ? []
      : [
          `  ${one.species}: ${one.light.passed} passed, ${one.light.failed} failed, ${one.light.unavailable} without answer of ${one.light.sessions}`,
        ],
  );
  const wrong = report.sources.filter(({ species: name, state }) => {
    const kind = species.find((one) => one.species === name)?.kind;
    return kind === 'live' ? state !== 'passed' : state === 'passed';
  });
  const tail = [
    '',
    attack === undefined
      ? 'No attack among the sources: nothing is said about attacks.'
      : `Worst species: ${attack.species}, APCER ${percent(attack.apcer)} of ${attack.n}, true rate at most ${percent(attack.upper95)} (95 %, one-sided).`,
    `BPCER of all live ${percent(bpcer)}; ACER (half of worst APCER and BPCER) ${percent(acer)}.`,
    ...(light.length === 0 ? [] : ['Screen light:', ...light]),
    ...(wrong.length === 0
      ? []
      : [
          'Decided wrongly or not at all:',
          ...wrong.map(({ file, state, reason }) => `  ${file}: ${state}, ${REASON_WORDS[reason]}`),
        ]),
    ...(report.sources.some(({ still }) => still)
      ? [
          'Stills are scored by the networks alone and count in no figure but their own: no kiosk decides by one picture.',
        ]
      : []),
    'A clip counts once, by its first decision; frames of one clip are alike. "Turn passes": the head turns in the picture as',
    'the challenge asks, which a replay of a turning head does too. The sources are those that the thresholds were seen on,',
    'unless they are your own.',
    '',
  ];
  return `${printable(head.join('\n'))}${table(rows)}${printable(tail.join('\n'))}`;
}
