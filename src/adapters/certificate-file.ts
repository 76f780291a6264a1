import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { toError, VestibuleError } from '../domain/errors.js';
import type { CertificatePair, CertificateSource } from '../ports/certificate.js';

/** A certificate that the administrator keeps in two files; read anew each time, so a renewed one is taken. */
export class FileCertificate implements CertificateSource {
  readonly #certFile: string;
  readonly #keyFile: string;

  constructor(files: { readonly certFile: string; readonly keyFile: string }) {
    this.#certFile = files.certFile;
    this.#keyFile = files.keyFile;
  }

  async obtain(): Promise<CertificatePair> {
    const cert = await read(this.#certFile, 'lan.certFile');
    const key = await read(this.#keyFile, 'lan.keyFile');
    if (!belongTogether({ cert, key }))
      throw new VestibuleError(
        'config_invalid',
        `lan.certFile and lan.keyFile do not belong together, or are not PEM: ${this.#certFile}, ${this.#keyFile}.`,
      );
    return { cert, key };
  }
}

/** Whether both can be read and the key is the one of the certificate. */
export function belongTogether({ cert, key }: CertificatePair): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

async function read(file: string, place: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    throw new VestibuleError('secret_unreadable', `${place}: ${file} cannot be read (${toError(thrown).message}).`, {
      cause: thrown,
    });
  }
}
