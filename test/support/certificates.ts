import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

export interface Authority {
  readonly ca: string;
  /** Issues a certificate; `days` may be negative for an expired one. */
  issue(name: string, subjectAltName: string, days?: number): Certificate;
  remove(): void;
}

/** `-days` takes no negative number since OpenSSL 3.4, which in turn has `-not_before` and `-not_after`. */
function lifetime(days: number): string[] {
  if (days > 0) return ['-days', String(days)];
  const [, major, minor] =
    /^OpenSSL (\d+)\.(\d+)/.exec(execFileSync('openssl', ['version'], { encoding: 'utf8' })) ?? [];
  if (Number(major) * 100 + Number(minor) < 304) return ['-days', String(days)];
  const time = (ms: number): string => `${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
  const dayMs = 86_400_000;
  return ['-not_before', time(Date.now() + (days - 1) * dayMs), '-not_after', time(Date.now() + days * dayMs)];
}

/** A certificate authority made by openssl for one test. */
export function makeAuthority(name: string): Authority {
  const directory = mkdtempSync(join(tmpdir(), 'vestibule-ca-'));
  const openssl = (...args: string[]): void => {
    execFileSync('openssl', args, { cwd: directory, stdio: 'ignore' });
  };
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...curve, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', `/CN=${name}`, '-days', '2');
  let serial = 0;
  return {
    ca: readFileSync(join(directory, 'ca.pem'), 'utf8'),
    issue(commonName, subjectAltName, days = 2) {
      const file = `c${++serial}`;
      openssl('req', ...curve, '-keyout', `${file}.key`, '-out', `${file}.csr`, '-subj', `/CN=${commonName}`);
      writeFileSync(join(directory, 'ext'), `subjectAltName=${subjectAltName}\n`);
      const request = ['-in', `${file}.csr`, '-out', `${file}.pem`];
      const signer = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', String(serial), '-extfile', 'ext'];
      openssl('x509', '-req', ...request, ...signer, ...lifetime(days));
      return {
        cert: readFileSync(join(directory, `${file}.pem`), 'utf8'),
        key: readFileSync(join(directory, `${file}.key`), 'utf8'),
      };
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
