import type { Picture } from '../../domain/frame.js';
import type { SceneObservation } from '../../domain/observation.js';

/** Every eighth pixel of every eighth row: 4,800 samples of 640×480. */
const STEP = 8;

/** Mean and standard deviation of luma (BT.601) over a grid of the picture. */
export function measureScene(picture: Picture): SceneObservation {
  const { bgr, width, height } = picture;
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let y = STEP >> 1; y < height; y += STEP) {
    for (let x = STEP >> 1; x < width; x += STEP) {
      const q = (y * width + x) * 3;
      const luma = 0.114 * bgr[q]! + 0.587 * bgr[q + 1]! + 0.299 * bgr[q + 2]!;
      sum += luma;
      squares += luma * luma;
      count++;
    }
  }
  if (count === 0) return { brightness: 0, contrast: 0 };
  const brightness = sum / count;
  return { brightness, contrast: Math.sqrt(Math.max(0, squares / count - brightness * brightness)) };
}
