import type { JudgedSource } from './eval-liveness-judge.js';
import { sweep, type ThresholdPoint } from './eval-liveness-report.js';
import { groupedLines, PLOT_COLOURS, writePlot } from './plot-file.js';

const [LIVE_COLOUR, ATTACK_COLOUR] = PLOT_COLOURS;
const WIDTH = 600;
const ROW = 46;
const CURVE_HEIGHT = 240;

/** Draws scores by species, and both error rates over the threshold, to an SVG or PNG file. */
export async function writeLivenessPlot(
  file: string,
  judged: readonly JudgedSource[],
  threshold: number,
): Promise<void> {
  await writePlot(file, specOf(judged, threshold));
}

function specOf(judged: readonly JudgedSource[], threshold: number): object {
  const species = [...new Set(judged.map(({ source }) => source.species))];
  const frames = judged.flatMap(({ source, frameScores }) =>
    frameScores.map((score, index) => ({
      species: source.species,
      kind: source.kind,
      score,
      // Spread by the golden ratio, so that equal scores do not hide each other.
      shift: ((index * 0.618) % 1) - 0.5,
    })),
  );
  const decisions = judged.flatMap(({ source, score }) =>
    score === undefined ? [] : [{ species: source.species, kind: source.kind, score }],
  );
  const rowsHeight = Math.max(1, species.length) * ROW;
  return {
    width: WIDTH,
    height: rowsHeight + 90 + CURVE_HEIGHT,
    padding: 10,
    background: 'white',
    title: { text: 'P(live) of single frames (dots) and decisions (diamonds); error rates over the threshold' },
    data: [
      { name: 'frames', values: frames },
      { name: 'decisions', values: decisions },
      { name: 'rates', values: ratesOf(sweep(judged)) },
    ],
    scales: [
      { name: 'x', domain: [0, 1], range: [0, WIDTH] },
      { name: 'row', type: 'band', domain: species, range: [0, rowsHeight] },
      { name: 'kind', type: 'ordinal', domain: ['live', 'attack'], range: [LIVE_COLOUR, ATTACK_COLOUR] },
      { name: 'rate', type: 'ordinal', domain: [WORST, BPCER], range: [ATTACK_COLOUR, LIVE_COLOUR] },
      { name: 'y', domain: [0, 100], range: [CURVE_HEIGHT, 0] },
    ],
    legends: [{ fill: 'kind', title: 'label', orient: 'right' }],
    marks: [
      {
        type: 'group',
        encode: { enter: { width: { value: WIDTH }, height: { value: rowsHeight } } },
        axes: [
          { orient: 'bottom', scale: 'x', title: 'P(live)', grid: true },
          { orient: 'left', scale: 'row', labelLimit: 220 },
        ],
        marks: [
          {
            type: 'symbol',
            from: { data: 'frames' },
            encode: {
              enter: {
                x: { scale: 'x', field: 'score' },
                y: { signal: "scale('row', datum.species) + bandwidth('row') * (0.5 + 0.6 * datum.shift)" },
                fill: { scale: 'kind', field: 'kind' },
                fillOpacity: { value: 0.25 },
                size: { value: 14 },
              },
            },
          },
          {
            type: 'symbol',
            from: { data: 'decisions' },
            encode: {
              enter: {
                x: { scale: 'x', field: 'score' },
                y: { signal: "scale('row', datum.species) + bandwidth('row') / 2" },
                shape: { value: 'diamond' },
                fill: { scale: 'kind', field: 'kind' },
                stroke: { value: 'black' },
                size: { value: 90 },
              },
            },
          },
          ruleAt(threshold, rowsHeight),
        ],
      },
      {
        type: 'group',
        encode: {
          enter: { y: { value: rowsHeight + 70 }, width: { value: WIDTH }, height: { value: CURVE_HEIGHT } },
        },
        axes: [
          { orient: 'bottom', scale: 'x', title: 'Threshold', grid: true },
          { orient: 'left', scale: 'y', title: 'Error rate, %', grid: true },
        ],
        legends: [{ stroke: 'rate', orient: 'right', symbolType: 'stroke', labelLimit: 0 }],
        marks: [
          groupedLines({ data: 'rates', group: 'rate', stroke: 'rate', x: 'threshold', y: 'value' }),
          ruleAt(threshold, CURVE_HEIGHT),
        ],
      },
    ],
  };
}

const WORST = 'APCER, worst species';
const BPCER = 'BPCER';

function ratesOf(points: readonly ThresholdPoint[]): object[] {
  return points.flatMap(({ threshold, apcer, bpcer }) => [
    ...(apcer === null ? [] : [{ rate: WORST, threshold, value: 100 * apcer }]),
    ...(bpcer === null ? [] : [{ rate: BPCER, threshold, value: 100 * bpcer }]),
  ]);
}

function ruleAt(threshold: number, height: number): object {
  return {
    type: 'rule',
    encode: {
      enter: {
        x: { scale: 'x', value: threshold },
        y: { value: 0 },
        y2: { value: height },
        stroke: { value: '#444444' },
        strokeDash: { value: [4, 4] },
      },
    },
  };
}
