/** One key and its name. */
export interface SourceKey {
  /** Names the key without revealing it: 16 hex digits. */
  readonly kid: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

/**
 * Where the key that wraps the template keys comes from.
 * 0 = key file beside the data, 1 = systemd credential, 2 = processor's fuses, 3 = network, 4 = TPM.
 * Contract suite: test/contracts/key-source.ts
 */
export interface KeySource {
  readonly level: 0 | 1 | 2 | 3 | 4;
  /** Where the key lies, in words, for `doctor` and the admin page. */
  readonly description: string;
  /** The key; always the same one until it is rotated. Throws `secret_unreadable`. */
  key(): Promise<SourceKey>;
}
