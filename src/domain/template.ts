/** What is stored to recognise somebody. Two models never compare. */
export interface Template {
  /** UUIDv7. */
  readonly id: string;
  readonly personId: string;
  readonly kind: 'face' | 'signature' | 'pose';
  /** Pack id, for example `open`. */
  readonly pack: string;
  /** `sha256:` + 64 hex digits over detector, alignment and embedder of the pack. */
  readonly modelHash: string;
  /** Unit vector: normalised mean of `samples`. */
  readonly vector: Float32Array;
  /** Unit vectors of the single pictures, to rebuild the mean. */
  readonly samples: readonly Float32Array[];
  /** RFC 3339 UTC. */
  readonly createdAt: string;
}
