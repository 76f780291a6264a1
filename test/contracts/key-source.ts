import { expect, it } from 'vitest';
import type { KeySource } from '../../src/ports/key-source.js';

/** What every key source does. @param open the same source again at each call */
export function keySourceContract(open: () => Promise<KeySource>): void {
  it('gives 32 bytes and a name of 16 hex digits that does not contain them', async () => {
    const { kid, key } = await (await open()).key();
    expect(key).toHaveLength(32);
    expect(kid).toMatch(/^[0-9a-f]{16}$/);
    expect(Buffer.from(key).toString('hex')).not.toContain(kid);
  });

  it('gives the same key every time', async () => {
    const source = await open();
    const first = await source.key();
    expect(await source.key()).toEqual(first);
    expect(await (await open()).key()).toEqual(first);
  });

  it('says in words where the key lies', async () => {
    expect((await open()).description.length).toBeGreaterThan(5);
  });
}
