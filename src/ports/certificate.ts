/** A certificate with its key, both PEM. The key never leaves the process but for the disk it lies on. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

/** Where the certificate of the TLS listener comes from. Asked at the start and twice a day: it may have been renewed. */
export interface CertificateSource {
  /** @throws VestibuleError `config_invalid`, `secret_unreadable` or a fault of the storage */
  obtain(): Promise<CertificatePair>;
}
