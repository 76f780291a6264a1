import type { ReadCode } from '../../ports/code-reader.js';

/** Vision process → code worker. Pixels are moved, not copied. */
export interface LookAt {
  readonly width: number;
  readonly height: number;
  readonly bgr: Uint8Array;
}

/** Code worker → vision process. After `ready` and after each `looked` it takes one picture. */
export type FromCodeWorker =
  | { readonly t: 'ready' }
  | { readonly t: 'looked'; readonly code?: ReadCode }
  | { readonly t: 'failed'; readonly message: string };
