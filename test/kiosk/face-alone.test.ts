import { expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.js';
import { policyOf } from '../../src/domain/policy-written.js';
import { warnOfFaceAlone } from '../../src/kiosk-vision.js';
import { createLogger } from '../../src/log/logger.js';
import type { CameraSource } from '../../src/ports/camera.js';

/** The warnings of a start with this policy before this camera. */
function logged(source: CameraSource, policy: object = {}): readonly string[] {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ level: 'info', journal: false, pretty: false, destination });
  warnOfFaceAlone(policyOf(configSchema.parse({ policy }).policy), source, log);
  return lines;
}

it('a start with the default policy says in one line that a photograph is enough, and how to ask for liveness', () => {
  for (const source of [{ kind: 'device', device: 0 }, { kind: 'rpicam' }] as const) {
    const lines = logged(source);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('"warn"');
    expect(lines[0]).toContain('a photograph of a person passes');
    expect(lines[0]).toContain('[face, liveness]');
  }
});

it('nothing is said where liveness or another factor is asked for, or where no camera looks at people', () => {
  const device = { kind: 'device', device: 0 } as const;
  expect(logged(device, { attend: [['face', 'liveness'], ['pin']] })).toEqual([]);
  expect(logged(device, { attend: [['face+liveness'], ['pin']] })).toEqual([]);
  expect(logged(device, { attend: [['face', 'pin'], ['badge']] })).toEqual([]);
  expect(logged({ kind: 'demo' })).toEqual([]);
  expect(logged({ kind: 'none' })).toEqual([]);
});

it('an override that takes a face alone is found too', () => {
  const overrides = [{ roles: ['operator'], attend: [['face'], ['pin']] }];
  expect(logged({ kind: 'rpicam' }, { attend: [['face', 'liveness'], ['pin']], overrides })).toHaveLength(1);
});
