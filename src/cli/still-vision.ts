import type { Vision, VisionStatus } from '../ports/vision.js';
import type { StillAnalyser } from './still-analyser.js';

const STATUS: VisionStatus = { process: 'running', restarts: 0, camera: 'none', fps: 0 };

/** A vision without a camera: it analyses photographs and sees nothing else. */
export function stillVision(analyser: Pick<StillAnalyser, 'still'>): Vision {
  return {
    start: async () => {},
    status: () => STATUS,
    onResult: () => {},
    onStatus: () => {},
    preview: () => () => {},
    overlay: () => {},
    scanCodes: () => () => {},
    measure: () => ({ session: 0, change: () => {}, stop: () => {} }),
    still: (bytes) => analyser.still(bytes),
    browserFrame: () => false,
    stop: async () => {},
  };
}
