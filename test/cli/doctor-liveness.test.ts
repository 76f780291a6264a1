import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CryptoRandom } from '../../src/adapters/random-crypto.js';
import { StateStore } from '../../src/adapters/store-lowdb.js';
import { CAMERA_PIN_SPEC } from '../../src/auth/camera-pin.js';
import type { Finding } from '../../src/cli/doctor/finding.js';
import { livenessCheck, networkFindings, standingFindings } from '../../src/cli/doctor/liveness-check.js';
import { examine } from '../../src/cli/doctor.js';
import { installPack } from '../../src/packs/install.js';
import type { CameraDevice, CameraIdentity } from '../../src/ports/camera.js';
import { FakeClock } from '../fakes/fake-clock.js';
import { doctorContexts } from '../support/doctor-context.js';

const context = doctorContexts();

const LIVENESS = {
  policy: {
    attend: [
      ['face', 'liveness'],
      ['badge', 'pin'],
    ],
  },
  camera: { source: 'demo' },
};
const said = (findings: readonly Finding[]): string[] => findings.map(({ level, text }) => `${level}: ${text}`);

describe('doctor on liveness', () => {
  it('is silent where the policy asks for none', async () => {
    expect(said(await examine(livenessCheck, context()))).toEqual([
      'ok: the policy asks for neither liveness nor pose',
    ]);
  });

  it('says that a photograph is enough where a face alone is, before a camera that looks at people', async () => {
    const camera = { source: '/dev/video9' };
    const [finding, ...more] = await examine(livenessCheck, context({ camera }));
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ level: 'warn', text: expect.stringContaining('a photograph of a person passes') });
    expect(finding?.mend).toContain('[face, liveness]');
    const attend = [['badge', 'pin'], ['face']];
    const mixed = await examine(
      livenessCheck,
      context({ ...LIVENESS, camera, policy: { ...LIVENESS.policy, attend } }),
    );
    expect(said(mixed)).toEqual(said([finding!]));
    const asked = said(await examine(livenessCheck, context({ ...LIVENESS, camera }))).join('\n');
    expect(asked).not.toContain('photograph');
  });

  it('says that liveness cannot pass without the passive networks, and names pose as the weaker way', async () => {
    const given = context(LIVENESS);
    await installPack('motion', { modelsDirectory: join(given.config.stateDirectory, 'models') });
    const [networks, camera] = await examine(livenessCheck, given);
    expect(networks).toMatchObject({ level: 'fail' });
    expect(networks?.text).toContain('the passive networks are not installed');
    expect(networks?.mend).toContain('vestibule models pull open');
    expect(networks?.mend).toContain('pose, which is weaker');
    expect(camera).toMatchObject({ level: 'fail' });
    expect(camera?.text).toContain('the demo camera does not count');
  });

  it('names what a challenge lacks', () => {
    const { config } = context();
    const all = { passive: 'sha256:1', mesh: 'sha256:2', body: 'sha256:3' };
    const full = { liveness: ['full'], pose: ['full'] } as const;
    const find = (given: Parameters<typeof networkFindings>[2], asked: Parameters<typeof networkFindings>[1] = full) =>
      said(networkFindings(config, asked, given)).join('\n');
    expect(find(all)).toBe('ok: every network that the policy needs is installed');
    expect(find({ passive: 'sha256:1' })).toContain('fail: the policy asks for the challenge, but the pack motion');
    expect(find({ passive: 'sha256:1' }, { liveness: ['passive'], pose: [] })).toContain('ok: every network');
    expect(find({ passive: 'sha256:1', mesh: 'sha256:2' })).toContain('warn: the network of the body');
    const hands = context({ liveness: { actions: ['turn_left', 'raise_left_hand', 'raise_right_hand'] } }).config;
    const { body: _, ...headOnly } = all;
    expect(said(networkFindings(hands, full, headOnly)).join('\n')).toContain('fail: too few actions are left');
    const gesture = context({ liveness: { poseSignature: 'required' } }).config;
    expect(said(networkFindings(gesture, full, headOnly)).join('\n')).toContain(
      'fail: the factor pose asks for a gesture',
    );
  });

  it('judges the camera by what is recorded, and warns of demo', async () => {
    const device: CameraDevice = {
      busPath: 'usb-0000:01:00.0-1.3:1.0',
      model: '046d:0825',
      driver: 'uvcvideo',
      virtual: false,
    };
    const camera = (change: Partial<CameraDevice> = {}): CameraIdentity => ({
      kind: 'opencv',
      source: '/dev/video0',
      recorded: false,
      device: { ...device, ...change },
    });
    const { config } = context();
    expect(said(await standingFindings(config, camera()))[0]).toContain('ok: No camera is recorded yet');
    const store = new StateStore({
      directory: config.stateDirectory,
      clock: new FakeClock(),
      random: new CryptoRandom(),
    });
    await store.open();
    const pin = await store.collection(CAMERA_PIN_SPEC);
    await pin.update(() => ({ pinned: device, at: '2026-11-21T08:00:00.000Z' }));
    await store.close();
    expect(said(await standingFindings(config, camera()))).toEqual(['ok: a USB camera counts for liveness.']);
    const other = await standingFindings(config, camera({ model: '046d:0826' }));
    expect(other).toMatchObject([{ level: 'fail', mend: expect.stringContaining('vestibule liveness camera --pin') }]);
    expect(await standingFindings(config, undefined)).toMatchObject([{ level: 'warn' }]);
    const demo = { ...config, liveness: { ...config.liveness, camera: 'demo' as const } };
    const findings = await standingFindings(demo, { kind: 'demo', source: 'demo', recorded: true });
    expect(said(findings)).toEqual([expect.stringContaining('warn: liveness.camera is demo')]);
  });

  it('says that the light of the screen was never measured', async () => {
    const given = context({ ...LIVENESS, liveness: { attend: 'full', light: true } });
    const findings = await examine(livenessCheck, given);
    expect(findings.at(-1)).toMatchObject({ level: 'warn' });
    expect(findings.at(-1)?.text).toContain('never measured on people');
  });
});
