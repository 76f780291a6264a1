import type { FaultCode } from '../../domain/errors.js';
import type { MeasureNetworks, MeasureWish, PackIdentity } from '../../ports/vision.js';
import type { Analysis } from '../analysis.js';
import type { MeasureOrder } from '../measure/measurer.js';

/** What the worker is started with. */
export interface WorkerSettings {
  readonly modelsDirectory: string;
  readonly pack: string;
  readonly detectSize: number;
  /** Loaded in the background from the start; absent: loaded when it is wished for first. */
  readonly prepare?: MeasureWish;
}

/** Vision process → worker. Pixels are moved, not copied. */
export type ToWorker =
  | {
      readonly t: 'analyse';
      readonly id: number;
      readonly mode: 'live' | 'still';
      readonly width: number;
      readonly height: number;
      readonly bgr: Uint8Array;
      /** Live frames only: what is measured beyond faces. */
      readonly order?: MeasureOrder;
    }
  | { readonly t: 'stop' };

/** Worker → vision process. */
export type FromWorker =
  | {
      readonly t: 'ready';
      readonly pack: PackIdentity;
      readonly engine: string;
      readonly networks: MeasureNetworks;
    }
  /** A network of the measuring could not be loaded after all. */
  | { readonly t: 'networks'; readonly networks: MeasureNetworks }
  /** Networks are being loaded beside the frames, which take longer meanwhile. */
  | { readonly t: 'loading'; readonly on: boolean }
  | { readonly t: 'trouble'; readonly message: string }
  | { readonly t: 'failed'; readonly code: FaultCode; readonly message: string }
  | { readonly t: 'analysed'; readonly id: number; readonly analysis: Analysis }
  | { readonly t: 'refused'; readonly id: number; readonly code: FaultCode; readonly message: string };
