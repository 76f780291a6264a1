import type { Picture } from '../domain/frame.js';
import type { SceneObservation } from '../domain/observation.js';

/** Mean and standard deviation of luma (BT.601) over every fourth pixel of every fourth row. */
export function measureScene(picture: Picture): SceneObservation {
  const { width, height, bgr } = picture;
  let sum = 0;
  let squares = 0;
  let count = 0;
  for (let y = 0; y < height; y += 4) {
    for (let x = 0; x < width; x += 4) {
      const at = (y * width + x) * 3;
      const luma = 0.114 * bgr[at]! + 0.587 * bgr[at + 1]! + 0.299 * bgr[at + 2]!;
      sum += luma;
      squares += luma * luma;
      count += 1;
    }
  }
  const brightness = count === 0 ? 0 : sum / count;
  const contrast = count === 0 ? 0 : Math.sqrt(Math.max(0, squares / count - brightness * brightness));
  return { brightness, contrast };
}
