import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.js';
import { visionSettings } from '../../src/kiosk-vision.js';

const stateDirectory = mkdtempSync(join(tmpdir(), 'vestibule-settings-'));
afterAll(() => rmSync(stateDirectory, { recursive: true, force: true }));

describe('settings of the vision process', () => {
  it.each([
    ['nothing for a policy without liveness', { attend: [['face']] }, undefined],
    ['passive networks and mesh for liveness', { attend: [['face', 'liveness']] }, { passive: true, mesh: true }],
    ['the mesh for the factor pose', { login: [['face', 'pose', 'pin']] }, { passive: false, mesh: true }],
    [
      'what a rule of certain hours needs',
      { attend: [['face']], overrides: [{ from: '18:00', to: '06:00', attend: [['face', 'liveness']] }] },
      { passive: true, mesh: true },
    ],
  ])('prepare %s', async (_, policy, prepared) => {
    const config = configSchema.parse({ stateDirectory, policy, vision: { pack: 'open' } });
    const templates = { hasFaces: () => false } as never;
    const settings = await visionSettings(config, { kind: 'none' }, templates);
    expect(settings.prepare).toEqual(prepared && { ...prepared, body: false, colour: false });
  });
});
