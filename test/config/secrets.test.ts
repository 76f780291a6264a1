import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readSecret } from '../../src/config/secrets.js';

const directory = mkdtempSync(join(tmpdir(), 'vestibule-secrets-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function secretFile(name: string, text: string, mode = 0o600): string {
  const file = join(directory, name);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

describe('readSecret', () => {
  it('takes environment, then its _FILE, then the systemd credential, then the file of the configuration', () => {
    const credentials = join(directory, 'credentials');
    mkdirSync(credentials);
    writeFileSync(join(credentials, 'mqtt-password'), 'from-credential');
    const file = secretFile('config', 'from-config\n');
    const env: Record<string, string> = {
      VESTIBULE_MQTT_PASSWORD: 'from-env',
      VESTIBULE_MQTT_PASSWORD_FILE: secretFile('envfile', 'from-env-file\r\n'),
      CREDENTIALS_DIRECTORY: credentials,
    };
    expect(readSecret('mqtt-password', { env, file })).toBe('from-env');
    delete env.VESTIBULE_MQTT_PASSWORD;
    expect(readSecret('mqtt-password', { env, file })).toBe('from-env-file');
    delete env.VESTIBULE_MQTT_PASSWORD_FILE;
    expect(readSecret('mqtt-password', { env, file })).toBe('from-credential');
    expect(readSecret('mqtt-password', { env: { CREDENTIALS_DIRECTORY: directory }, file })).toBe('from-config');
    expect(readSecret('mqtt-password', { env: {} })).toBeUndefined();
  });

  it('warns about a file that everybody may read, and only then', () => {
    const warnings: string[] = [];
    const onWarning = (warning: string) => warnings.push(warning);
    readSecret('mqtt-password', { env: {}, file: secretFile('private', 'x'), onWarning });
    expect(warnings).toEqual([]);
    const open = secretFile('open', 'x', 0o644);
    readSecret('mqtt-password', { env: {}, file: open, onWarning });
    expect(warnings).toEqual([`Everybody on this machine may read ${open}. Run: chmod 600 ${open}`]);
  });

  it.each([
    ['is missing', () => join(directory, 'absent'), /does not exist/],
    ['is empty', () => secretFile('empty', '\n'), /is empty/],
    ['is a directory', () => directory, /is not a file/],
    ['holds two lines', () => secretFile('two', 'a\nb\n'), /more than one line/],
    ['is too large', () => secretFile('large', 'x'.repeat(70_000)), /larger than 64 kB/],
  ])('refuses a file that %s, naming it but never its content', (_name, file, message) => {
    expect(() => readSecret('mqtt-password', { env: {}, file: file() })).toThrow(message);
    expect(() => readSecret('mqtt-password', { env: {}, file: file() })).toThrow(
      expect.objectContaining({ code: 'secret_unreadable' }),
    );
  });
});
