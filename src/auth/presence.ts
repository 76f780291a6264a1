import { isNear } from '../domain/face-guidance.js';
import { STALE_AFTER_MS } from '../domain/recognition.js';
import type { Clock } from '../ports/clock.js';
import type { Vision } from '../ports/vision.js';

/**
 * Calls `sawFace` with every fresh picture in which somebody stands at the kiosk: a session ends when nobody does.
 * Whose face it is does not matter. Subscribes for the life of the process, as the port of vision knows no end.
 */
export function watchPresence(parts: { vision: Vision; clock: Pick<Clock, 'mono'> }, sawFace: () => void): void {
  parts.vision.onResult(({ capturedAt, faces }) => {
    if (parts.clock.mono() - capturedAt <= STALE_AFTER_MS && faces.some(isNear)) sawFace();
  });
}
