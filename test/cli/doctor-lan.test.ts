import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from 'selfsigned';
import { afterAll, describe, expect, it } from 'vitest';
import { lanCheck } from '../../src/cli/doctor/lan-check.js';
import { examine } from '../../src/cli/doctor.js';
import { configSchema } from '../../src/config/schema.js';

const directory = mkdtempSync(join(tmpdir(), 'vestibule-doctor-lan-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const look = (lan: object) =>
  examine(lanCheck, {
    config: { ...configSchema.parse({ lan }), stateDirectory: directory },
    configFile: undefined,
    env: {},
    daemonPid: undefined,
  });

/** A certificate and its key in two files. */
async function filesUntil(day: string): Promise<{ certFile: string; keyFile: string }> {
  const pair = await generate([{ name: 'commonName', value: 'kiosk.example' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date('2001-01-01T00:00:00Z'),
    notAfterDate: new Date(day),
  });
  const own = mkdtempSync(join(directory, 'made-'));
  const files = { certFile: join(own, 'cert.pem'), keyFile: join(own, 'key.pem') };
  writeFileSync(files.certFile, pair.cert);
  writeFileSync(files.keyFile, pair.private);
  return files;
}

describe('doctor looks at the listener for other browsers', () => {
  it('says that it is off, or how it is reached', async () => {
    expect(await look({})).toMatchObject([{ level: 'ok', text: 'the listener for other browsers is off' }]);
    expect(await look({ enabled: true })).toMatchObject([{ level: 'warn' }, { level: 'ok' }]);
    expect((await look({ enabled: true, names: ['kiosk.example'] }))[0]).toMatchObject({
      level: 'ok',
      text: 'other browsers use kiosk.example',
    });
  });

  it('finds a certificate that cannot be used before the kiosk refuses to start', async () => {
    const files = await filesUntil('2099-01-01T00:00:00Z');
    const names = ['kiosk.example'];
    expect(await look({ enabled: true, names, ...files })).toMatchObject([{ level: 'ok' }, { level: 'ok' }]);
    expect(await look({ enabled: true, names, certFile: files.certFile })).toMatchObject([{ level: 'fail' }]);
    const other = await filesUntil('2099-01-01T00:00:00Z');
    expect(await look({ enabled: true, names, ...files, keyFile: other.keyFile })).toMatchObject([
      { level: 'fail', text: expect.stringContaining('do not belong together') },
    ]);
    const former = await filesUntil('2003-04-06T00:00:00Z');
    expect(await look({ enabled: true, names, ...former })).toMatchObject([
      { level: 'ok' },
      { level: 'fail', text: expect.stringContaining('ended on 2003-04-06') },
    ]);
  });
});
