import { VestibuleError } from '../../domain/errors.js';
import type { Picture } from '../../domain/frame.js';
import type { FaceMesh } from '../../domain/observation.js';
import type { Model, Tensor } from '../../ports/engine.js';
import { meshCropOfMesh, type SquareCrop, wasTilted } from './mesh-crop.js';
import { MESH_SIZE, MeshCropper } from './mesh-cropper.js';

const POINTS = 468;
/** Below this the crop does not show a face well enough for its points to be used. */
const SCORE_MIN = 0.6;
const DIMS = [1, MESH_SIZE, MESH_SIZE, 3] as const;

/** MediaPipe's face mesh: 468 points of the face in a square crop (docs/networks.md 5.2). One call at a time. */
export class FaceMeshNet {
  readonly #model: Model;
  readonly #cropper = new MeshCropper();

  constructor(model: Model) {
    this.#model = model;
  }

  /**
   * The mesh of the face in the crop. Where it shows that the head was tilted in the crop it is measured once more, set
   * upright. Undefined when there is none (score below 0.6) or the network gave no numbers. Throws `engine_failed`.
   */
  async measure(picture: Picture, crop: SquareCrop): Promise<FaceMesh | undefined> {
    const mesh = await this.#once(picture, crop);
    if (mesh === undefined || !wasTilted(mesh, crop)) return mesh;
    const upright = meshCropOfMesh(mesh);
    return upright && (await this.#once(picture, upright));
  }

  async #once(picture: Picture, crop: SquareCrop): Promise<FaceMesh | undefined> {
    const data = this.#cropper.run(picture, crop);
    const outputs = Object.values(await this.#model.run({ [this.#model.inputs[0]!]: { data, dims: DIMS } }));
    const score = ofLength(outputs, 1)[0]!;
    if (!(score >= SCORE_MIN)) return undefined;
    const raw = ofLength(outputs, 3 * POINTS);
    const points = new Float32Array(3 * POINTS);
    const { angle = 0 } = crop;
    const scale = crop.side / MESH_SIZE;
    const alongX = scale * Math.cos(angle);
    const alongY = scale * Math.sin(angle);
    for (let i = 0; i < points.length; i += 3) {
      points[i] = crop.x + raw[i]! * alongX - raw[i + 1]! * alongY;
      points[i + 1] = crop.y + raw[i]! * alongY + raw[i + 1]! * alongX;
      points[i + 2] = raw[i + 2]!;
    }
    return points.every(Number.isFinite) ? { points, sidePx: crop.side, score } : undefined;
  }

  dispose(): Promise<void> {
    return this.#model.dispose();
  }
}

/** The network's outputs are told apart by their lengths: 1404 points, 266 contours, 1 score; their names are numbers. */
function ofLength(outputs: readonly Tensor[], length: number): Tensor['data'] {
  const found = outputs.find(({ data }) => data.length === length);
  if (found === undefined)
    throw new VestibuleError('engine_failed', `The face mesh gave no output of ${length} numbers`);
  return found.data;
}
