/** Cryptographic randomness and ids. */
export interface Random {
  /** UUID version 7 (RFC 9562), increasing within one process. */
  uuid7(): string;
  /** `length` random bytes. */
  bytes(length: number): Uint8Array;
}
