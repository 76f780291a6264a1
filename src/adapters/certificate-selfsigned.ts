import { X509Certificate } from 'node:crypto';
import { chmod, readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import type { CertificatePair, CertificateSource } from '../ports/certificate.js';
import type { Clock } from '../ports/clock.js';
import { belongTogether } from './certificate-file.js';
import { errorCode, writeDurable } from './durable-file.js';

export const CERTIFICATE_FILE = 'lan-certificate.pem';
const DAY_MS = 86_400_000;
/** The longest that browsers take from an authority that somebody has added by hand. */
const LIFE_DAYS = 825;
/** A new one is made so long before the end. */
const RENEW_DAYS = 30;
/** Before this the clock of a machine with this software is certainly wrong (2025-01-01). */
const EARLIEST_PLAUSIBLE_MS = Date.UTC(2025, 0, 1);

/**
 * A certificate that the kiosk makes for itself (P-256, for the server only) and keeps with its key in one file of the
 * state directory, mode 0600. Made again before it ends, when the kiosk got another name or address, and when the file
 * is damaged.
 */
export class SelfSignedCertificate implements CertificateSource {
  readonly #file: string;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #hosts: () => readonly string[];

  /** @param parts hosts: names and addresses that it must be good for now */
  constructor(parts: { directory: string; clock: Pick<Clock, 'now'>; hosts: () => readonly string[] }) {
    this.#file = join(parts.directory, CERTIFICATE_FILE);
    this.#clock = parts.clock;
    this.#hosts = parts.hosts;
  }

  async obtain(): Promise<CertificatePair> {
    const hosts = [...new Set(this.#hosts())];
    const now = Math.max(this.#clock.now(), EARLIEST_PLAUSIBLE_MS);
    const kept = await this.#read();
    if (kept !== undefined && isGood(kept, hosts, now)) {
      await chmod(this.#file, 0o600);
      return kept;
    }
    const made = await make(hosts, now);
    await writeDurable(this.#file, `${made.key}\n${made.cert}\n`, { keepPrevious: false });
    return made;
  }

  async #read(): Promise<CertificatePair | undefined> {
    try {
      const text = await readFile(this.#file, 'utf8');
      const pem = (kind: string) =>
        new RegExp(`-----BEGIN ${kind}-----[\\s\\S]+?-----END ${kind}-----`).exec(text)?.[0] ?? '';
      const pair = { cert: pem('CERTIFICATE'), key: pem('PRIVATE KEY') };
      return belongTogether(pair) ? pair : undefined;
    } catch (thrown) {
      if (errorCode(thrown) === 'ENOENT') return undefined;
      throw thrown;
    }
  }
}

function isGood({ cert }: CertificatePair, hosts: readonly string[], now: number): boolean {
  const x509 = new X509Certificate(cert);
  const inTime = Date.parse(x509.validFrom) <= now && Date.parse(x509.validTo) >= now + RENEW_DAYS * DAY_MS;
  const covers = (host: string) => (isIP(host) === 0 ? x509.checkHost(host) : x509.checkIP(host)) !== undefined;
  return inTime && hosts.every(covers);
}

async function make(hosts: readonly string[], now: number): Promise<CertificatePair> {
  const { generate } = await import('selfsigned');
  const altNames = hosts.map((host) =>
    isIP(host) === 0 ? ({ type: 2, value: host } as const) : ({ type: 7, ip: host } as const),
  );
  const pems = await generate([{ name: 'commonName', value: 'Vestibule kiosk' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // A day back: the clock of a browser may be behind.
    notBeforeDate: new Date(now - DAY_MS),
    notAfterDate: new Date(now + LIFE_DAYS * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      ...(altNames.length === 0 ? [] : [{ name: 'subjectAltName' as const, altNames }]),
    ],
  });
  return { cert: pems.cert.trim(), key: pems.private.trim() };
}
