import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { DoctorContext } from '../../src/cli/doctor/finding.js';
import { configSchema } from '../../src/config/schema.js';

/** What a check of `doctor` is given; every context has a state directory of its own, which is not there yet. */
export function doctorContexts(): (config?: object) => DoctorContext {
  const temporary = mkdtempSync(join(tmpdir(), 'vestibule-doctor-'));
  afterAll(() => rmSync(temporary, { recursive: true, force: true }));
  let count = 0;
  return (config = {}) => ({
    config: { ...configSchema.parse(config), stateDirectory: join(temporary, `state-${count++}`) },
    configFile: undefined,
    env: {},
    daemonPid: undefined,
  });
}
