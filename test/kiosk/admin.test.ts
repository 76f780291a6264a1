import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ADMIN_CODE_FILE, AdminAccess } from '../../src/kiosk-admin.js';
import { realRandom } from '../support/real-time.js';

let directory: string;
let warnings: string[];
const file = (): string => join(directory, ADMIN_CODE_FILE);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-admin-'));
  warnings = [];
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function started(): Promise<AdminAccess> {
  const admin = new AdminAccess({ directory, random: realRandom, warn: (sentence) => warnings.push(sentence) });
  await admin.start();
  return admin;
}

describe('the admin code', () => {
  it('is made at the first start, readable only to the kiosk, and stays the same', async () => {
    const code = (await started()).code();
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    const again = await started();
    expect(again.code()).toBe(code);
    expect(again.verify(` ${code.toLowerCase()}\n`)).toBe(true);
    expect(await readdir(directory)).toEqual([ADMIN_CODE_FILE]);
    expect(warnings).toEqual([]);
  });

  it.each(['', 'half a co', '\0'.repeat(27)])(
    'is replaced where the file is damaged (%j), and that is said',
    async (text) => {
      await writeFile(file(), text, { mode: 0o644 });
      const code = (await started()).code();
      expect(await readFile(file(), 'utf8')).toBe(`${code}\n`);
      expect((await stat(file())).mode & 0o777).toBe(0o600);
      expect(warnings).toEqual([expect.stringMatching(/admin\.code.*damaged.*no longer work/)]);
    },
  );

  it('is never replaced where the file cannot be read: the start fails and says what to do', async () => {
    await mkdir(file());
    await expect(started()).rejects.toMatchObject({
      code: 'secret_unreadable',
      message: expect.stringMatching(/admin\.code.*EISDIR.*delete it/),
    });
    expect((await stat(file())).isDirectory()).toBe(true);
  });
});
