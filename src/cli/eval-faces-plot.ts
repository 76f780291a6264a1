import type { RocPoint } from '../domain/face-metrics.js';
import { groupedLines, PLOT_COLOURS, writePlot } from './plot-file.js';

export interface PlotCurve {
  readonly name: string;
  readonly points: readonly RocPoint[];
}

/** Draws ROC curves (true against false acceptance, logarithmic) to an SVG or PNG file by the ending of its name. */
export async function writeRocPlot(file: string, title: string, curves: readonly PlotCurve[]): Promise<void> {
  await writePlot(file, specOf(title, curves));
}

function specOf(title: string, curves: readonly PlotCurve[]): object {
  const values = curves.flatMap((curve) =>
    curve.points.map((point) => ({ curve: curve.name, far: point.far, tar: 100 * point.tar })),
  );
  const lowest = Math.min(...values.map((value) => value.tar));
  return {
    width: 600,
    height: 400,
    padding: 10,
    background: 'white',
    title: { text: title },
    data: [{ name: 'roc', values }],
    scales: [
      {
        name: 'x',
        type: 'log',
        domain: { data: 'roc', field: 'far' },
        range: 'width',
      },
      { name: 'y', domain: [Math.max(0, Math.floor(lowest / 5) * 5), 100], range: 'height', zero: false },
      { name: 'colour', type: 'ordinal', domain: curves.map((curve) => curve.name), range: PLOT_COLOURS },
    ],
    axes: [
      { orient: 'bottom', scale: 'x', title: 'False acceptance rate per comparison', format: '.0e', grid: true },
      { orient: 'left', scale: 'y', title: 'Genuine comparisons accepted, %', grid: true },
    ],
    legends: [{ stroke: 'colour', orient: 'bottom-right', symbolType: 'stroke', labelLimit: 0 }],
    marks: [groupedLines({ data: 'roc', group: 'curve', stroke: 'colour', x: 'far', y: 'tar' })],
  };
}
