import { toError } from '../../domain/errors.js';
import type { MeasureWish } from '../../ports/vision.js';
import type { FaceMeshNet } from '../inference/face-mesh.js';
import type { MoveNet } from '../inference/movenet.js';
import type { PassivePair } from '../inference/passive-pair.js';

/** What runs in a measuring, as far as it is loaded. */
export interface LoadedNetworks {
  readonly passive?: Pick<PassivePair, 'score'>;
  readonly mesh?: Pick<FaceMeshNet, 'measure'>;
  readonly body?: Pick<MoveNet, 'measure'>;
}
type Kind = keyof LoadedNetworks;

/** Loads each network when it is wanted first; undefined where it cannot be had. */
export type NetworkSource = { readonly [K in Kind]-?: () => Promise<LoadedNetworks[K] | undefined> };

export interface NetworksAtHandParts {
  readonly source: NetworkSource;
  /** Networks are being loaded (true), or no longer (false): frames take longer meanwhile. */
  readonly onLoading?: (loading: boolean) => void;
  /** Something failed that stops nothing; a sentence. */
  readonly trouble: (message: string) => void;
}

const BLACK = { width: 64, height: 64, bgr: new Uint8Array(64 * 64 * 3) };
/** One run over nothing: the first run of a network takes many times as long as the others. */
const WARM_UP: { readonly [K in Kind]: (network: NonNullable<LoadedNetworks[K]>) => Promise<unknown> } = {
  passive: (pair) => pair.score(BLACK, { x: 16, y: 16, width: 32, height: 32 }, 'detector'),
  mesh: (net) => net.measure(BLACK, { x: 0, y: 0, side: 64 }),
  body: (net) => net.measure(BLACK),
};

/**
 * The networks of a measuring without waiting for them: what a wish names is loaded and run once in the background, one
 * after the other, and is there from the first frame after that. The passive pair comes first: its engine runs already,
 * that of mesh and body holds the thread for most of a second. What could not be loaded is not tried again.
 */
export class NetworksAtHand {
  readonly #parts: NetworksAtHandParts;
  readonly #begun = new Set<Kind>();
  #loading = 0;
  #queue: Promise<void> = Promise.resolve();
  #loaded: LoadedNetworks = {};

  constructor(parts: NetworksAtHandParts) {
    this.#parts = parts;
  }

  /** What is loaded of what the wish names. */
  wanted(wish: MeasureWish): LoadedNetworks {
    if (wish.passive) this.#begin('passive');
    if (wish.mesh) this.#begin('mesh');
    if (wish.body) this.#begin('body');
    const { passive, mesh, body } = this.#loaded;
    return {
      ...(wish.passive && passive && { passive }),
      ...(wish.mesh && mesh && { mesh }),
      ...(wish.body && body && { body }),
    };
  }

  #begin<K extends Kind>(kind: K): void {
    if (this.#begun.has(kind)) return;
    this.#begun.add(kind);
    if (++this.#loading === 1) this.#parts.onLoading?.(true);
    this.#queue = this.#queue
      .then(() => this.#load(kind))
      .catch((thrown) => this.#parts.trouble(`The network ${kind} cannot be used: ${toError(thrown).message}`))
      .finally(() => {
        if (--this.#loading === 0) this.#parts.onLoading?.(false);
      });
  }

  async #load<K extends Kind>(kind: K): Promise<void> {
    const network = (await this.#parts.source[kind]()) as NonNullable<LoadedNetworks[K]> | undefined;
    if (network === undefined) return;
    await WARM_UP[kind](network);
    this.#loaded = { ...this.#loaded, [kind]: network };
  }
}
