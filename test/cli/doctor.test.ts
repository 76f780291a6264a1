import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { AedesBroker } from '../../src/adapters/broker-aedes.js';
import { brokerCheck } from '../../src/cli/doctor/broker-check.js';
import { diskCheck, lockCheck, permissionsCheck, portCheck } from '../../src/cli/doctor/machine-checks.js';
import { peopleCheck } from '../../src/cli/doctor/people-check.js';
import { cameraCheck, packsCheck } from '../../src/cli/doctor/vision-checks.js';
import { examine } from '../../src/cli/doctor.js';
import { VestibuleError } from '../../src/domain/errors.js';
import { doctorContexts } from '../support/doctor-context.js';

const context = doctorContexts();

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('doctor', () => {
  it('says that nobody is enrolled yet', async () => {
    expect(await examine(peopleCheck, context())).toEqual([{ level: 'ok', text: 'nobody is enrolled yet' }]);
  });

  it('names the address of the running kiosk, not the configured one', async () => {
    const given = { ...context({ http: { port: 1 } }), daemonPid: process.pid };
    mkdirSync(given.config.stateDirectory);
    const control = { url: 'http://127.0.0.1:18081', pid: process.pid };
    writeFileSync(join(given.config.stateDirectory, 'control.json'), JSON.stringify(control));
    expect((await examine(portCheck, given))[0]?.text).toContain(control.url);
  });

  it('finds a state directory and secrets that others may read, and says how to close them', async () => {
    const given = context();
    const { stateDirectory } = given.config;
    mkdirSync(stateDirectory);
    chmodSync(stateDirectory, 0o755);
    writeFileSync(join(stateDirectory, 'template.key'), 'x');
    chmodSync(join(stateDirectory, 'template.key'), 0o644);
    expect(await examine(permissionsCheck, given)).toEqual([
      { level: 'warn', text: `${stateDirectory} is open to other users.`, mend: `Run: chmod 700 ${stateDirectory}` },
      expect.objectContaining({ level: 'fail', mend: `Run: chmod 600 ${join(stateDirectory, 'template.key')}` }),
    ]);
    chmodSync(stateDirectory, 0o700);
    chmodSync(join(stateDirectory, 'template.key'), 0o600);
    expect(await examine(permissionsCheck, given)).toEqual([expect.objectContaining({ level: 'ok' })]);
  });

  it('measures the disk of a state directory that does not exist yet', async () => {
    expect(await examine(diskCheck, context())).toEqual([
      expect.objectContaining({ text: expect.stringMatching(/MiB free/) }),
    ]);
  });

  it('names who holds the lock', async () => {
    const given = context();
    const { stateDirectory } = given.config;
    expect((await examine(lockCheck, given))[0]).toMatchObject({ level: 'ok', text: 'the state directory is free' });
    mkdirSync(stateDirectory);
    writeFileSync(join(stateDirectory, 'vestibule.lock'), JSON.stringify({ pid: process.pid, token: 'x' }));
    expect((await examine(lockCheck, given))[0]).toMatchObject({ level: 'warn' });
    expect((await examine(lockCheck, { ...given, daemonPid: process.pid }))[0]).toMatchObject({ level: 'ok' });
    writeFileSync(join(stateDirectory, 'vestibule.lock'), 'not JSON');
    expect((await examine(lockCheck, given))[0]).toMatchObject({
      level: 'fail',
      text: expect.stringMatching(/check itself failed/),
    });
  });

  it('finds a taken port', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const findings = await examine(portCheck, context({ http: { port }, mqtt: { embeddedPort: 0 } }));
    await new Promise((resolve) => server.close(resolve));
    expect(findings[0]).toMatchObject({ level: 'fail', mend: expect.stringMatching(/change http\.port/) });
    expect(findings[1]).toMatchObject({ level: 'ok' });
  });

  it('connects to the broker as the kiosk would, and says why it cannot', async () => {
    const broker = new AedesBroker({});
    const port = await broker.start(0);
    const good = context({ mqtt: { url: `mqtt://127.0.0.1:${port}`, protocol: '4' } });
    expect(await examine(brokerCheck, good)).toEqual([expect.objectContaining({ level: 'ok' })]);
    await broker.stop();
    const bad = context({ mqtt: { url: `mqtt://127.0.0.1:${await freePort()}`, protocol: '4' } });
    expect(await examine(brokerCheck, bad)).toEqual([
      expect.objectContaining({ level: 'fail', mend: expect.stringMatching(/outbox/) }),
    ]);
    const passwordFile = join(context().config.stateDirectory, 'absent');
    const secret = context({ mqtt: { url: 'mqtt://127.0.0.1:1', passwordFile } });
    expect(await examine(brokerCheck, secret)).toEqual([
      expect.objectContaining({ level: 'fail', text: expect.stringMatching(/does not exist/) }),
    ]);
  });

  it('names a camera that is not there, without opening one', async () => {
    const device = await examine(cameraCheck, context({ camera: { source: '/dev/video99' } }));
    expect(device.at(-1)).toMatchObject({ level: 'fail', text: '/dev/video99 does not exist.' });
    const url = await examine(
      cameraCheck,
      context({ camera: { source: `rtsp://127.0.0.1:${await freePort()}/live` } }),
    );
    expect(url.at(-1)).toMatchObject({ level: 'fail', text: expect.stringMatching(/ECONNREFUSED/) });
    const demo = await examine(cameraCheck, context({ camera: { source: 'demo' } }));
    expect(demo.at(-1)).toMatchObject({ level: 'warn' });
  });

  it('names the packs that are missing', async () => {
    const findings = await examine(packsCheck, context());
    expect(findings.map(({ level, text }) => `${level} ${text.split(':')[0]}`)).toEqual([
      'fail open',
      'fail core',
      'warn motion',
    ]);
    expect(findings[0]?.mend).toMatch(/vestibule models pull/);
  });

  it('turns a fault inside a check into a finding with its mend', async () => {
    const fault = new VestibuleError('storage_failed', 'Disk gone.');
    expect(await examine({ name: 'x', run: () => Promise.reject(fault) }, context())).toEqual([
      { level: 'fail', text: 'Disk gone.', mend: fault.mend },
    ]);
  });
});
