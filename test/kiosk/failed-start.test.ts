import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('../../dist/cli/vestibule.js', import.meta.url));
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-start-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('a kiosk that cannot start', () => {
  it('says why and ends, although its embedded broker had begun to listen', async () => {
    const child = spawn(process.execPath, [program, 'start'], {
      env: {
        ...process.env,
        VESTIBULE_STATE: join(directory, 'state'),
        VESTIBULE_HTTP__PORT: '0',
        VESTIBULE_MQTT__EMBEDDED_PORT: '0',
        VESTIBULE_CAMERA__SOURCE: 'none',
        VESTIBULE_MQTT__CA_FILE: join(directory, 'no-such-ca.pem'),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    try {
      const [code] = await once(child, 'exit', { signal: AbortSignal.timeout(20_000) });
      expect(code).toBeGreaterThan(0);
      expect(said).toContain('mqtt.caFile');
    } finally {
      child.kill('SIGKILL');
    }
  });
});
