import type { FaultCode } from '../../domain/errors.js';
import type { PackIdentity } from '../../ports/vision.js';
import type { Analysis } from '../analyse.js';

/** What the worker is started with. */
export interface WorkerSettings {
  readonly modelsDirectory: string;
  readonly pack: string;
  readonly detectSize: number;
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
    }
  | { readonly t: 'stop' };

/** Worker → vision process. */
export type FromWorker =
  | { readonly t: 'ready'; readonly pack: PackIdentity; readonly engine: string }
  | { readonly t: 'failed'; readonly code: FaultCode; readonly message: string }
  | { readonly t: 'analysed'; readonly id: number; readonly analysis: Analysis }
  | { readonly t: 'refused'; readonly id: number; readonly code: FaultCode; readonly message: string };
