import type { Picture } from '../../domain/frame.js';
import type { Box, ColourSample } from '../../domain/observation.js';

/** Part of the box in each direction that is skin for sure: no hair, no background. */
const INNER = 0.5;
/** On each side of the box, in box widths, and above it, in box heights: hair and shoulders, which the screen lights too. */
const MARGIN = 0.5;
/** Every fourth pixel of every fourth row. */
const STEP = 4;
/** With fewer sampled pixels a mean says nothing about a surface. */
const SAMPLES_MIN = 64;
/** The background must be at least this part of the picture. */
const BACKGROUND_MIN = 0.05;

/**
 * Mean colour of the inner face (the middle half of the box in both directions) and of what lies behind the person: all
 * that is not in the box made wider by half on each side and reaching from half a height above it to the lower edge.
 * Undefined where the face is too small or leaves no background.
 */
export function measureColour(picture: Picture, box: Box): ColourSample | undefined {
  const { width, height, bgr } = picture;
  const inset = (1 - INNER) / 2;
  const face = new Mean();
  const inner = rounded(box.x + inset * box.width, box.y + inset * box.height, INNER * box.width, INNER * box.height);
  for (let y = Math.max(0, inner.top); y < Math.min(height, inner.bottom); y += 1)
    for (let x = Math.max(0, inner.left); x < Math.min(width, inner.right); x += 1) face.add(bgr, (y * width + x) * 3);
  const left = box.x - MARGIN * box.width;
  const right = box.x + (1 + MARGIN) * box.width;
  const top = box.y - MARGIN * box.height;
  const background = new Mean();
  for (let y = 0; y < height; y += STEP)
    for (let x = 0; x < width; x += STEP)
      if (y < top || x < left || x > right) background.add(bgr, (y * width + x) * 3);
  const least = Math.max(SAMPLES_MIN, (BACKGROUND_MIN * width * height) / (STEP * STEP));
  if (face.count < SAMPLES_MIN || background.count < least) return undefined;
  return { face: face.value(), background: background.value() };
}

function rounded(
  x: number,
  y: number,
  width: number,
  height: number,
): Record<'left' | 'top' | 'right' | 'bottom', number> {
  return { left: Math.round(x), top: Math.round(y), right: Math.round(x + width), bottom: Math.round(y + height) };
}

class Mean {
  count = 0;
  #blue = 0;
  #green = 0;
  #red = 0;

  add(bgr: Uint8Array, at: number): void {
    this.#blue += bgr[at]!;
    this.#green += bgr[at + 1]!;
    this.#red += bgr[at + 2]!;
    this.count += 1;
  }

  value(): readonly [number, number, number] {
    return [this.#blue / this.count, this.#green / this.count, this.#red / this.count];
  }
}
