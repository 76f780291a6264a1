import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { freezeDeep } from '../../src/adapters/collection-lowdb.js';
import { decodeDocument, encodeDocument, encodeInTurns } from '../../src/adapters/document-envelope.js';

async function inTurns(data: unknown): Promise<string> {
  return Buffer.concat(await encodeInTurns(3, freezeDeep(data))).toString('utf8');
}

describe('a document made in turns', () => {
  it('is, byte for byte, the one made at once', async () => {
    const value = fc.jsonValue({ maxDepth: 3, depthSize: 'medium' });
    const optional = fc.option(value, { nil: undefined });
    const documents = fc.oneof(value, fc.dictionary(fc.string(), fc.oneof(fc.array(optional), optional)));
    await fc.assert(
      fc.asyncProperty(documents, async (data) => {
        expect(await inTurns(data)).toBe(encodeDocument(3, data));
      }),
      { numRuns: 500 },
    );
  });

  it('lets others have their turn in between, and holds records of before and new ones', async () => {
    const records = Array.from({ length: 3000 }, (_, id) => ({ id, name: `Žofie ${id}`, long: 'x'.repeat(200) }));
    const first = freezeDeep({ note: 'a', records });
    await inTurns(first);
    const second = freezeDeep({ note: 'b', records: first.records.with(1, { id: 1, name: 'other', long: '' }) });
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns++;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    const text = await inTurns(second);
    isOver = true;
    expect(text).toBe(encodeDocument(3, second));
    expect(turns).toBeGreaterThan(2);
    expect(decodeDocument(text)).toMatchObject({ kind: 'good', version: 3, data: second });
  });
});
