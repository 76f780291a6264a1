import type { Picture } from '../../src/domain/frame.js';
import type { FaceObservation } from '../../src/domain/observation.js';
import type { DetectHint, Detection, FacePipeline } from '../../src/ports/face-pack.js';
import { aVector, DIM } from './faces.js';

/** A face pack that sees what the test says. */
export class FakePipeline implements FacePipeline {
  readonly identity = { id: 'open', hash: `sha256:${'cd'.repeat(32)}`, dim: DIM };
  readonly hints: (DetectHint | undefined)[] = [];
  embedded = 0;
  #faces: readonly FaceObservation[];

  constructor(faces: readonly FaceObservation[]) {
    this.#faces = faces;
  }

  async detect(_: Picture, hint?: DetectHint): Promise<Detection> {
    this.hints.push(hint);
    return { faces: this.#faces, hint: 2 };
  }

  async embed(): Promise<Float32Array | undefined> {
    this.embedded += 1;
    return aVector(1);
  }

  async dispose(): Promise<void> {
    this.#faces = [];
  }
}
