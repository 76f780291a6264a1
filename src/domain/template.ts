/** What is stored to recognise somebody. Two models never compare. */
export interface Template {
  /** UUIDv7. */
  readonly id: string;
  readonly personId: string;
  readonly kind: 'face' | 'signature' | 'pose';
  /** Pack id, for example `open`; of a pose signature `motion`. */
  readonly pack: string;
  /** `sha256:` + 64 hex digits over detector, alignment and embedder of the pack; pose: over the body network. */
  readonly modelHash: string;
  /** Face: unit vector, normalised mean of `samples`. Pose: see liveness/pose-template.ts. */
  readonly vector: Float32Array;
  /** Face: unit vectors of the single pictures, to rebuild the mean. Pose: the takes. */
  readonly samples: readonly Float32Array[];
  /** RFC 3339 UTC. */
  readonly createdAt: string;
}
