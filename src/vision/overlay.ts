import { asciiName } from '../domain/person-name.js';
import type { OverlayBox } from '../ports/imaging.js';

/** Longest label drawn over the preview, characters. */
const LONGEST_LABEL = 24;

/** Boxes ready to be drawn: labels in ASCII (the font knows nothing else) and short enough for the picture. */
export function drawable(boxes: readonly OverlayBox[]): readonly OverlayBox[] {
  return boxes.map(({ box, label, tone }) => {
    if (label === undefined) return { box, tone };
    const ascii = asciiName(label);
    return { box, tone, label: ascii.length > LONGEST_LABEL ? `${ascii.slice(0, LONGEST_LABEL - 2)}..` : ascii };
  });
}
