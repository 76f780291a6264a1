import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { VestibuleError } from '../domain/errors.js';
import type { RocPoint } from '../domain/face-metrics.js';

export interface PlotCurve {
  readonly name: string;
  readonly points: readonly RocPoint[];
}

/** Draws ROC curves (true against false acceptance, logarithmic) to an SVG or PNG file by the ending of its name. */
export async function writeRocPlot(file: string, title: string, curves: readonly PlotCurve[]): Promise<void> {
  const kind = plotKind(file);
  const svg = await rocSvg(title, curves);
  if (kind === '.svg') {
    await writeFile(file, svg);
    return;
  }
  const { Resvg } = await import('@resvg/resvg-js');
  const image = new Resvg(svg, { fitTo: { mode: 'width', value: 1280 }, background: '#ffffff' }).render();
  await writeFile(file, image.asPng());
}

/** `.svg` or `.png`; throws `input_invalid` for anything else, so that a command can refuse before hours of work. */
export function plotKind(file: string): '.svg' | '.png' {
  const ending = extname(file).toLowerCase();
  if (ending === '.svg' || ending === '.png') return ending;
  throw new VestibuleError('input_invalid', `A plot is written as .png or .svg, not as "${file}"`);
}

async function rocSvg(title: string, curves: readonly PlotCurve[]): Promise<string> {
  const vega = await import('vega');
  const values = curves.flatMap((curve) =>
    curve.points.map((point) => ({ curve: curve.name, far: point.far, tar: 100 * point.tar })),
  );
  const lowest = Math.min(...values.map((value) => value.tar));
  const spec = {
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
      { name: 'colour', type: 'ordinal', domain: curves.map((curve) => curve.name), range: ['#1b6ca8', '#d1495b'] },
    ],
    axes: [
      { orient: 'bottom', scale: 'x', title: 'False acceptance rate per comparison', format: '.0e', grid: true },
      { orient: 'left', scale: 'y', title: 'Genuine comparisons accepted, %', grid: true },
    ],
    legends: [{ stroke: 'colour', orient: 'bottom-right', symbolType: 'stroke', labelLimit: 0 }],
    marks: [
      {
        type: 'group',
        from: { facet: { name: 'one', data: 'roc', groupby: 'curve' } },
        marks: [
          {
            type: 'line',
            from: { data: 'one' },
            encode: {
              enter: {
                x: { scale: 'x', field: 'far' },
                y: { scale: 'y', field: 'tar' },
                stroke: { scale: 'colour', field: 'curve' },
                strokeWidth: { value: 2 },
              },
            },
          },
        ],
      },
    ],
  };
  const view = new vega.View(vega.parse(spec as Parameters<typeof vega.parse>[0]), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
