import type { Picture } from '../../src/domain/frame.js';
import type { BodyPose, Box, FaceMesh, FaceObservation, PassiveScore } from '../../src/domain/observation.js';
import type { Detection, FacePipeline } from '../../src/ports/face-pack.js';
import type { SquareCrop } from '../../src/vision/inference/mesh-crop.js';
import type { LoadedNetworks, NetworkSource } from '../../src/vision/measure/networks-at-hand.js';
import { aVector, DIM } from './faces.js';

/** 468 points on an ellipse inside the box; eyes, nose and mouth corners where a face has them. */
export function meshOf(box: Box, score = 0.99): FaceMesh {
  const points = new Float32Array(3 * 468);
  const put = (i: number, x: number, y: number): void => {
    points[3 * i] = box.x + x * box.width;
    points[3 * i + 1] = box.y + y * box.height;
  };
  for (let i = 0; i < 468; i++) {
    const angle = (i / 468) * 2 * Math.PI;
    put(i, 0.5 + 0.5 * Math.cos(angle), 0.5 + 0.5 * Math.sin(angle));
  }
  put(33, 0.2, 0.4);
  put(133, 0.4, 0.4);
  put(362, 0.6, 0.4);
  put(263, 0.8, 0.4);
  put(4, 0.5, 0.6);
  put(61, 0.35, 0.8);
  put(291, 0.65, 0.8);
  return { points, sidePx: Math.max(box.width, box.height) * 1.5, score };
}

/**
 * People before a camera, and what the networks say about them: a detector that sees them unless it is `blind`, a mesh
 * wherever the middle of a face lies in the crop, scores and a body as the test says.
 */
export class FakeStage {
  /** Who stands there, largest first. */
  faces: readonly FaceObservation[] = [];
  /** The detector finds nobody, the mesh does. */
  blind = false;
  /** What the passive pair says; a value that is thrown where it is an Error. */
  live: number | undefined | Error = 0.9;
  meshFault: Error | undefined;
  bodyFault: Error | undefined;
  /** Calls so far. */
  readonly calls = { detect: 0, embed: 0, mesh: 0, passive: 0, body: 0 };
  /** Boxes that the passive pair was given. */
  readonly scored: { readonly box: Box; readonly by: PassiveScore['box'] }[] = [];
  readonly crops: SquareCrop[] = [];

  readonly pipeline: FacePipeline = {
    identity: { id: 'open', hash: `sha256:${'cd'.repeat(32)}`, dim: DIM },
    detect: async (): Promise<Detection> => {
      this.calls.detect += 1;
      return { faces: this.blind ? [] : this.faces };
    },
    embed: async () => {
      this.calls.embed += 1;
      return aVector(1);
    },
    dispose: async () => undefined,
  };

  readonly networks: Required<LoadedNetworks> = {
    passive: {
      score: async (_: Picture, box: Box, by: PassiveScore['box']): Promise<PassiveScore | undefined> => {
        this.calls.passive += 1;
        this.scored.push({ box, by });
        if (this.live instanceof Error) throw this.live;
        return this.live === undefined ? undefined : { live: this.live, v2: this.live, v1se: this.live, box: by };
      },
    },
    mesh: {
      measure: async (_: Picture, crop: SquareCrop): Promise<FaceMesh | undefined> => {
        this.calls.mesh += 1;
        this.crops.push(crop);
        if (this.meshFault !== undefined) throw this.meshFault;
        const inside = this.faces.find(({ box }) => {
          const x = box.x + box.width / 2;
          const y = box.y + box.height / 2;
          return x > crop.x && x < crop.x + crop.side && y > crop.y && y < crop.y + crop.side;
        });
        return inside && meshOf(inside.box);
      },
    },
    body: {
      measure: async (): Promise<BodyPose | undefined> => {
        this.calls.body += 1;
        if (this.bodyFault !== undefined) throw this.bodyFault;
        return { points: new Float32Array(51).fill(0.5) };
      },
    },
  };

  /** The networks, loaded when they are wanted first. */
  readonly source: NetworkSource = {
    passive: async () => this.networks.passive,
    mesh: async () => this.networks.mesh,
    body: async () => this.networks.body,
  };
}
