import { X509Certificate } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileCertificate } from '../../src/adapters/certificate-file.js';
import { CERTIFICATE_FILE, SelfSignedCertificate } from '../../src/adapters/certificate-selfsigned.js';
import { FakeClock } from '../fakes/fake-clock.js';

const DAY_MS = 86_400_000;
let directory: string;
let clock: FakeClock;
let hosts: string[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-certificate-'));
  clock = new FakeClock();
  hosts = ['kiosk.test', '192.168.7.20', 'fd00::7'];
});
afterEach(() => rm(directory, { recursive: true, force: true }));
const source = () => new SelfSignedCertificate({ directory, clock, hosts: () => hosts });
const file = () => join(directory, CERTIFICATE_FILE);

describe('the certificate that the kiosk makes', () => {
  it('is good for its names and addresses, for a server only, and is kept for its owner only', async () => {
    const { cert, key } = await source().obtain();
    const x509 = new X509Certificate(cert);
    expect(x509.ca).toBe(false);
    expect(x509.checkHost('kiosk.test')).toBe('kiosk.test');
    expect(x509.checkHost('evil.test')).toBeUndefined();
    expect(x509.checkIP('192.168.7.20')).toBeDefined();
    expect(x509.checkIP('fd00::7')).toBeDefined();
    expect(x509.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
    expect(Date.parse(x509.validFrom)).toBeLessThanOrEqual(clock.now());
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await source().obtain()).toEqual({ cert, key });
  });

  it('is made again 30 days before its end, not earlier', async () => {
    const first = await source().obtain();
    const end = Date.parse(new X509Certificate(first.cert).validTo);
    clock.setWall(end - 31 * DAY_MS);
    expect((await source().obtain()).cert).toBe(first.cert);
    clock.setWall(end - 29 * DAY_MS);
    const second = await source().obtain();
    expect(second.cert).not.toBe(first.cert);
    expect(second.key).not.toBe(first.key);
  });

  it('is made again for another name, kept while it covers all of them', async () => {
    const first = await source().obtain();
    hosts = ['kiosk.test'];
    expect((await source().obtain()).cert).toBe(first.cert);
    hosts = ['kiosk.test', '10.1.1.1'];
    const second = await source().obtain();
    expect(new X509Certificate(second.cert).checkIP('10.1.1.1')).toBeDefined();
  });

  it('is made again when its file is damaged; open rights are closed', async () => {
    const { cert } = await source().obtain();
    await chmod(file(), 0o644);
    expect((await source().obtain()).cert).toBe(cert);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    const text = await readFile(file(), 'utf8');
    for (const damaged of ['', text.slice(0, 300), text.replace('PRIVATE', 'PUBLIC'), cert]) {
      await writeFile(file(), damaged);
      const made = await source().obtain();
      expect(made.cert).not.toBe(cert);
      expect(new X509Certificate(made.cert).checkHost('kiosk.test')).toBeDefined();
    }
  });

  it('made with a clock that was never set is good once the clock is right', async () => {
    clock.setWall(0);
    const { cert } = await source().obtain();
    clock.setWall(Date.UTC(2026, 10, 21));
    expect(Date.parse(new X509Certificate(cert).validTo)).toBeGreaterThan(clock.now());
    expect((await source().obtain()).cert).toBe(cert);
  });
});

describe('a certificate of the administrator', () => {
  it('is read anew each time; files that do not fit are named', async () => {
    const one = await source().obtain();
    await rm(file());
    const two = await source().obtain();
    const certFile = join(directory, 'kiosk.pem');
    const keyFile = join(directory, 'kiosk.key');
    await writeFile(certFile, one.cert);
    await writeFile(keyFile, one.key);
    const given = new FileCertificate({ certFile, keyFile });
    expect(await given.obtain()).toEqual(one);
    await writeFile(keyFile, two.key);
    await expect(given.obtain()).rejects.toMatchObject({ code: 'config_invalid' });
    await writeFile(certFile, two.cert);
    expect(await given.obtain()).toEqual(two);
    await rm(keyFile);
    await expect(given.obtain()).rejects.toMatchObject({
      code: 'secret_unreadable',
      message: expect.stringContaining('lan.keyFile'),
    });
  });
});
