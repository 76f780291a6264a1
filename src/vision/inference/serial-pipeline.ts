import type { Picture } from '../../domain/frame.js';
import type { FaceObservation } from '../../domain/observation.js';
import type { DetectHint, Detection, FacePipeline } from '../../ports/face-pack.js';
import type { PackIdentity } from '../../ports/vision.js';

/** One call after the other: the networks reuse their input buffers, so two calls at once would mix pictures. */
export class SerialPipeline implements FacePipeline {
  readonly identity: PackIdentity;
  private readonly inner: FacePipeline;
  private last: Promise<unknown> = Promise.resolve();

  constructor(inner: FacePipeline) {
    this.inner = inner;
    this.identity = inner.identity;
  }

  detect(picture: Picture, hint?: DetectHint): Promise<Detection> {
    return this.next(() => this.inner.detect(picture, hint));
  }

  embed(picture: Picture, face: FaceObservation): Promise<Float32Array | undefined> {
    return this.next(() => this.inner.embed(picture, face));
  }

  dispose(): Promise<void> {
    return this.next(() => this.inner.dispose());
  }

  private next<T>(work: () => Promise<T>): Promise<T> {
    const result = this.last.then(work);
    this.last = result.catch(() => undefined);
    return result;
  }
}
