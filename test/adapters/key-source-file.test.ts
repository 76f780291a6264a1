import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chooseKeySource, FileKeySource } from '../../src/adapters/key-source-file.js';
import { keySourceContract } from '../contracts/key-source.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vestibule-key-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('key file (level 0)', () => {
  keySourceContract(async () => new FileKeySource(join(directory, 'state', 'template.key')));

  it('is made with mode 0600 and is different every time it is made', async () => {
    const a = new FileKeySource(join(directory, 'a'));
    const b = new FileKeySource(join(directory, 'b'));
    expect((await a.key()).kid).not.toBe((await b.key()).kid);
    expect((await stat(join(directory, 'a'))).mode & 0o777).toBe(0o600);
  });

  it('refuses a key that others may read, with the command that mends it', async () => {
    const file = join(directory, 'k');
    await new FileKeySource(file).key();
    await chmod(file, 0o644);
    await expect(new FileKeySource(file).key()).rejects.toThrow(/chmod 600/);
  });

  it('refuses a damaged key and does not replace it', async () => {
    const file = join(directory, 'k');
    await writeFile(file, 'short', { mode: 0o600 });
    await expect(new FileKeySource(file).key()).rejects.toMatchObject({ code: 'secret_unreadable' });
    expect((await stat(file)).size).toBe(5);
  });

  it('has its name only when it is whole: half a key of a power cut is made anew', async () => {
    await writeFile(join(directory, '.k.tmp'), 'half', { mode: 0o600 });
    const { kid } = await new FileKeySource(join(directory, 'k')).key();
    expect((await stat(join(directory, 'k'))).size).toBe(32);
    expect(await readdir(directory)).toEqual(['k']);
    expect((await new FileKeySource(join(directory, 'k')).key()).kid).toBe(kid);
  });

  it('says so when it cannot be written', async () => {
    await writeFile(join(directory, 'file'), '');
    await expect(new FileKeySource(join(directory, 'file', 'k')).key()).rejects.toMatchObject({
      code: expect.stringMatching(/secret_unreadable|state_unwritable/),
    });
  });
});

describe('systemd credential (level 1)', () => {
  const open = async () => {
    await mkdir(join(directory, 'credentials'), { recursive: true });
    await writeFile(join(directory, 'credentials', 'template-key'), `${'5a'.repeat(32)}\n`);
    return chooseKeySource({ stateDirectory: directory, credentialsDirectory: join(directory, 'credentials') });
  };
  keySourceContract(open);

  it('is preferred to the key file', async () => {
    expect((await open()).level).toBe(1);
    expect((await chooseKeySource({ stateDirectory: directory })).level).toBe(0);
    expect((await chooseKeySource({ stateDirectory: directory, credentialsDirectory: directory })).level).toBe(0);
  });
});
