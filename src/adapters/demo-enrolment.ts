import { renderAsync } from '@resvg/resvg-js';
import {
  DEMO_BACKGROUND,
  DEMO_EYES_PX,
  DEMO_FADE,
  DEMO_PEOPLE,
  DEMO_SIZE,
  type DemoPerson,
  demoCut,
  demoPhotograph,
} from './demo-people.js';

/** One person to enrol at the first start of the demo. */
export interface DemoEnrolment {
  readonly name: string;
  /** Pictures (PNG, 640x480, one face) for the ordinary way of enrolment; each shows the person a little differently. */
  photos(): Promise<Uint8Array[]>;
}

/** Relative size, shift to the right and down in pixels, and turn in degrees of each enrolment picture. */
const VIEWS = [
  { scale: 1, right: 0, down: 0, turn: 0 },
  { scale: 1.12, right: 18, down: 6, turn: 3 },
  { scale: 0.92, right: -14, down: -8, turn: -3 },
] as const;

/** The demo's people who are to be enrolled. Draws with an SVG renderer, so that the daemon needs no OpenCV for it. */
export function demoEnrolments(): readonly DemoEnrolment[] {
  return DEMO_PEOPLE.filter((who) => who.enrolled).map((who) => ({
    name: who.name,
    photos: async () => {
      const photograph = Buffer.from(await demoPhotograph(who.file)).toString('base64');
      const pictures: Uint8Array[] = [];
      for (const view of VIEWS) pictures.push(await draw(who, photograph, view));
      return pictures;
    },
  }));
}

async function draw(who: DemoPerson, photograph: string, view: (typeof VIEWS)[number]): Promise<Uint8Array> {
  const { width, height } = DEMO_SIZE;
  const cut = demoCut(who);
  const scale = (DEMO_EYES_PX / who.face.eyes) * view.scale;
  const grey = `rgb(${DEMO_BACKGROUND},${DEMO_BACKGROUND},${DEMO_BACKGROUND})`;
  const right = cut.left + cut.width;
  const bottom = cut.top + cut.height;
  const place = `translate(${width / 2 + view.right} ${height / 2 + view.down}) rotate(${view.turn}) scale(${scale}) translate(${-who.face.x} ${-who.face.y})`;
  // Everything beside the cut is painted over and its borders fade. (A mask would say the same, but this renderer clips masked layers.)
  const borders = [
    fade('l', 'x1="0" x2="1" y1="0" y2="0"', cut.left, cut.top, cut.width * DEMO_FADE, cut.height),
    fade('r', 'x1="1" x2="0" y1="0" y2="0"', right - cut.width * DEMO_FADE, cut.top, cut.width * DEMO_FADE, cut.height),
    fade('t', 'x1="0" x2="0" y1="0" y2="1"', cut.left, cut.top, cut.width, cut.height * DEMO_FADE),
    fade(
      'b',
      'x1="0" x2="0" y1="1" y2="0"',
      cut.left,
      bottom - cut.height * DEMO_FADE,
      cut.width,
      cut.height * DEMO_FADE,
    ),
  ].join('');
  const beside = `M-5000-5000H9000V9000H-5000ZM${cut.left + 1} ${cut.top + 1}V${bottom - 1}H${right - 1}V${cut.top + 1}Z`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><g transform="${place}"><image href="data:image/jpeg;base64,${photograph}"/>${borders}<path fill="${grey}" fill-rule="evenodd" d="${beside}"/></g></svg>`;
  const image = await renderAsync(svg, { font: { loadSystemFonts: false } });
  return image.asPng();
}

function fade(id: string, way: string, x: number, y: number, width: number, height: number): string {
  const grey = `rgb(${DEMO_BACKGROUND},${DEMO_BACKGROUND},${DEMO_BACKGROUND})`;
  return `<linearGradient id="${id}" ${way}><stop offset="0" stop-color="${grey}"/><stop offset="1" stop-color="${grey}" stop-opacity="0"/></linearGradient><rect x="${x}" y="${y}" width="${width}" height="${height}" fill="url(#${id})"/>`;
}
