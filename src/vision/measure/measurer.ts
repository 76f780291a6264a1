import { toError } from '../../domain/errors.js';
import type { Picture } from '../../domain/frame.js';
import type { FaceMesh, FaceObservation, PassiveScore } from '../../domain/observation.js';
import type { Clock } from '../../ports/clock.js';
import type { MeasureWish } from '../../ports/vision.js';
import type { Analysis } from '../analysis.js';
import { type FaceFinder, measurableFace, severalStandThere } from '../face-finder.js';
import { boxDetectorOf, meshCropOfBox, meshCropOfMesh, meshExtent, type SquareCrop } from '../inference/mesh-crop.js';
import { measureScene } from '../scene.js';
import { measureColour } from './colour.js';
import { liesOn, MeshTrack } from './mesh-track.js';
import type { LoadedNetworks, NetworksAtHand } from './networks-at-hand.js';

/** What is measured beyond faces, and for which measuring. */
export interface MeasureOrder {
  readonly session: number;
  readonly wish: MeasureWish;
}

export interface MeasurerParts {
  readonly finder: FaceFinder;
  /** Whose detector finds the faces. */
  readonly packId: string;
  readonly networks: Pick<NetworksAtHand, 'wanted'>;
  readonly clock: Pick<Clock, 'mono'>;
  /** Something failed on a frame; a sentence. The same sentence may come with every frame. */
  readonly trouble: (message: string) => void;
}

/**
 * Whole frames and light ones take turns (docs/liveness.md). A whole one is searched by the detector, its face embedded
 * and scored by the passive pair: so every score has the embedding of the very face it was given for. A light one is
 * followed by the mesh alone and carries the body. An embedding needs the detector's points: made with points of the
 * mesh, it is like the other by 0.95 to 0.97 only (median cosine of four clips; ADR 0097).
 */
const FRAMES_A_ROUND = 2;

/** Times of one frame, ms. */
interface Spent {
  detectMs: number;
  embedMs: number;
  passiveMs?: number;
  meshMs?: number;
  bodyMs?: number;
}

/** Who stands there, as one frame shows it. */
interface Seen {
  /** Largest first. */
  readonly faces: readonly FaceObservation[];
  /** The first of `faces`, where it may be measured. */
  readonly face?: FaceObservation;
  /** It was the detector that found it in this frame. */
  readonly found: boolean;
}

/**
 * Measures more than faces of the frames of one camera, one after the other, with whatever networks are at hand. What
 * could not be measured of a frame is absent there; nothing old takes its place.
 */
export class Measurer {
  readonly #parts: MeasurerParts;
  #session: number | undefined;
  #frame = 0;
  #track: MeshTrack | undefined;

  constructor(parts: MeasurerParts) {
    this.#parts = parts;
  }

  async analyse(picture: Picture, { session, wish }: MeasureOrder): Promise<Analysis> {
    if (session !== this.#session) {
      this.#session = session;
      this.#frame = 0;
      this.#track = undefined;
    }
    const networks = this.#parts.networks.wanted(wish);
    const { body: bodyNet } = networks;
    const whole = this.#frame++ % FRAMES_A_ROUND === 0;
    const spent: Spent = { detectMs: 0, embedMs: 0 };
    const seen = await this.#see(picture, whole, networks, spent);
    const face = whole && seen.found && seen.face ? await this.#judged(picture, seen.face, networks, spent) : seen.face;
    const faces = face === undefined ? seen.faces : [face, ...seen.faces.slice(1)];
    // The largest body is nobody's when two people stand there.
    const alone = !severalStandThere(seen.faces);
    const body =
      bodyNet !== undefined && alone && !whole
        ? await this.#timed(spent, 'bodyMs', () => bodyNet.measure(picture))
        : undefined;
    const colour = wish.colour && face !== undefined ? measureColour(picture, face.box) : undefined;
    return {
      faces,
      scene: measureScene(picture),
      timings: spent,
      ...(body && { body }),
      ...(colour && { colour }),
    };
  }

  async #see(picture: Picture, whole: boolean, { mesh: net }: LoadedNetworks, spent: Spent): Promise<Seen> {
    if (net === undefined) this.#track = undefined;
    const track = this.#track;
    if (!whole && track !== undefined) {
      const followed = await this.#follow(picture, track, net, spent);
      if (followed !== undefined) return followed;
      this.#track = undefined;
    }
    const started = this.#parts.clock.mono();
    const faces = await this.#parts.finder.find(picture);
    spent.detectMs = this.#parts.clock.mono() - started;
    if (whole && faces.length === 0 && track !== undefined) {
      track.missed();
      const followed = track.stale ? undefined : await this.#follow(picture, track, net, spent);
      if (followed !== undefined) return followed;
    }
    this.#track = undefined;
    const found = measurableFace(faces);
    if (found === undefined) return { faces, found: false };
    const mesh = net && (await this.#meshOf(picture, found, track, net, spent));
    if (mesh === undefined) return { faces, face: found, found: true };
    this.#track = new MeshTrack(found, mesh);
    return { faces, face: { ...found, mesh }, found: true };
  }

  /** The face of the track by its mesh alone. */
  async #follow(
    picture: Picture,
    track: MeshTrack,
    net: LoadedNetworks['mesh'],
    spent: Spent,
  ): Promise<Seen | undefined> {
    const mesh = net && (await this.#meshIn(picture, meshCropOfMesh(track.mesh), net, spent));
    if (mesh === undefined) return undefined;
    const face = track.follow(picture, mesh);
    return { faces: [face], face, found: false };
  }

  /** The mesh of a face that the detector found: where it was last, if it was this face, else where the box says. */
  async #meshOf(
    picture: Picture,
    { box, points }: FaceObservation,
    track: MeshTrack | undefined,
    net: NonNullable<LoadedNetworks['mesh']>,
    spent: Spent,
  ): Promise<FaceMesh | undefined> {
    const crops = [
      track !== undefined && liesOn(track.mesh, box) ? meshCropOfMesh(track.mesh) : undefined,
      meshCropOfBox(box, boxDetectorOf(this.#parts.packId), points),
    ];
    for (const crop of crops) {
      const mesh = await this.#meshIn(picture, crop, net, spent);
      if (mesh !== undefined && liesOn(mesh, box)) return mesh;
    }
    return undefined;
  }

  async #meshIn(
    picture: Picture,
    crop: SquareCrop | undefined,
    net: NonNullable<LoadedNetworks['mesh']>,
    spent: Spent,
  ): Promise<FaceMesh | undefined> {
    return crop && this.#timed(spent, 'meshMs', () => net.measure(picture, crop));
  }

  /** The face with its embedding and what the passive pair says about it. */
  async #judged(
    picture: Picture,
    face: FaceObservation,
    { passive: pair }: LoadedNetworks,
    spent: Spent,
  ): Promise<FaceObservation> {
    const started = this.#parts.clock.mono();
    const embedded = await this.#parts.finder.embedded(picture, face);
    spent.embedMs = this.#parts.clock.mono() - started;
    if (pair === undefined) return embedded;
    const by: PassiveScore['box'] = face.mesh === undefined ? 'detector' : 'mesh';
    const box = face.mesh === undefined ? face.box : meshExtent(face.mesh);
    const passive = await this.#timed(spent, 'passiveMs', () => pair.score(picture, box, by));
    return passive === undefined ? embedded : { ...embedded, passive };
  }

  /** What one network says, undefined when it fails; its time is added to what was spent. */
  async #timed<T>(
    spent: Spent,
    step: 'passiveMs' | 'meshMs' | 'bodyMs',
    work: () => Promise<T>,
  ): Promise<T | undefined> {
    const started = this.#parts.clock.mono();
    try {
      return await work();
    } catch (thrown) {
      this.#parts.trouble(`A frame could not be measured: ${toError(thrown).message}`);
      return undefined;
    } finally {
      spent[step] = (spent[step] ?? 0) + this.#parts.clock.mono() - started;
    }
  }
}
