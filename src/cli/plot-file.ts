import { writeFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { VestibuleError } from '../domain/errors.js';

/** Colours of the first and the second kind in every plot. */
export const PLOT_COLOURS = ['#1b6ca8', '#d1495b'] as const;

/** Pixels of a PNG from left to right. */
const PNG_WIDTH = 1280;

/** `.svg` or `.png`; throws `input_invalid` for anything else, so that a command can refuse before hours of work. */
export function plotKind(file: string): '.svg' | '.png' {
  const ending = extname(file).toLowerCase();
  if (ending === '.svg' || ending === '.png') return ending;
  throw new VestibuleError('input_invalid', `A plot is written as .png or .svg, not as "${file}"`);
}

/**
 * Draws a plot to an SVG or PNG file by the ending of its name.
 * @param spec as vega reads it
 */
export async function writePlot(file: string, spec: object): Promise<void> {
  const kind = plotKind(file);
  const svg = await svgOf(spec);
  if (kind === '.svg') {
    await writeFile(file, svg);
    return;
  }
  const { Resvg } = await import('@resvg/resvg-js');
  const image = new Resvg(svg, { fitTo: { mode: 'width', value: PNG_WIDTH }, background: '#ffffff' }).render();
  await writeFile(file, image.asPng());
}

/**
 * A line for each group of the data, on the scales x and y.
 * @param fields data: its name; group, x, y: names of fields in it; stroke: the scale of the colours
 */
export function groupedLines(fields: {
  readonly data: string;
  readonly group: string;
  readonly stroke: string;
  readonly x: string;
  readonly y: string;
}): object {
  const { data, group, stroke, x, y } = fields;
  return {
    type: 'group',
    from: { facet: { name: 'one', data, groupby: group } },
    marks: [
      {
        type: 'line',
        from: { data: 'one' },
        encode: {
          enter: {
            x: { scale: 'x', field: x },
            y: { scale: 'y', field: y },
            stroke: { scale: stroke, field: group },
            strokeWidth: { value: 2 },
          },
        },
      },
    ],
  };
}

async function svgOf(spec: object): Promise<string> {
  const vega = await import('vega');
  const view = new vega.View(vega.parse(spec as Parameters<typeof vega.parse>[0]), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
