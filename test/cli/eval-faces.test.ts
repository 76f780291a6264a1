import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { centralFace } from '../../src/cli/eval-faces.js';
import { readPairs, readPeople } from '../../src/cli/eval-faces-data.js';
import { writeRocPlot } from '../../src/cli/eval-faces-plot.js';
import { pairReport, peopleOf, templateReport } from '../../src/cli/eval-faces-report.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vestibule-eval-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (degrees: number) =>
  Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));

describe('eval faces', () => {
  // Two people, 90 degrees apart, four images each some degrees around.
  const embeddings = new Map<string, Float32Array | undefined>(
    [0, 90].flatMap((centre, person) =>
      [-2, 0, 2, 4].map((off, i) => [`p${person}/${i}.jpg`, at(centre + off)] as const),
    ),
  );
  const pairs = [
    { a: 'p0/0.jpg', b: 'p0/1.jpg', same: true },
    { a: 'p1/0.jpg', b: 'p1/2.jpg', same: true },
    { a: 'p0/2.jpg', b: 'p1/1.jpg', same: false },
    { a: 'p0/3.jpg', b: 'p1/3.jpg', same: false },
  ];

  it('separates separable people and takes thresholds from all pairs of different people', () => {
    const { report, roc } = pairReport(pairs, embeddings);
    expect(report).toMatchObject({ images: 8, missed: 0, nGenuine: 2, nImpostor: 2, accuracy: 1, eer: 0, nFar: 16 });
    expect(roc.at(-1)!.tar).toBe(1);
    // 16 comparisons cannot carry a rate of 1e-2.
    expect(report.tarAtFar).toEqual({ '1e-2': null, '1e-3': null, '1e-4': null });
  });

  it('counts a missed face as a rejected pair', () => {
    const { report } = pairReport(pairs, new Map([...embeddings, ['p0/0.jpg', undefined]]));
    expect(report).toMatchObject({ missed: 1, accuracy: 0.75 });
  });

  it('uses the impostor pairs of the file where folders do not name people', () => {
    const mixed = pairs.map((pair) => ({ ...pair, same: !pair.same }));
    expect(pairReport(mixed, embeddings).report).toMatchObject({ farFrom: 'impostor pairs of the file', nFar: 2 });
  });

  it('makes a template of every run of three photographs', () => {
    const all = [...embeddings.keys()].map((image) => ({ a: image, b: image, same: true }));
    const { report } = templateReport(peopleOf(all), embeddings, 3);
    expect(report).toMatchObject({ people: 2, templates: 8, nGenuine: 8, nImpostor: 32, rank1: 1 });
  });

  it('takes the face nearest to the centre', () => {
    const face = (x: number) => ({ box: { x, y: 40, width: 20, height: 20 } });
    const analysis = { width: 100, height: 100, faces: [face(0), face(38), face(80)] };
    expect(centralFace(analysis as unknown as Parameters<typeof centralFace>[0])?.box.x).toBe(38);
  });

  it('reads pairs and people, and names file and line of a fault', async () => {
    const file = join(folder, 'pairs.csv');
    await writeFile(file, '\uFEFFa,b,same\r\nx/1.jpg,x/2.jpg,1\r\nx/1.jpg,y/1.jpg,0\r\n');
    expect(await readPairs(file)).toEqual([
      { a: 'x/1.jpg', b: 'x/2.jpg', same: true },
      { a: 'x/1.jpg', b: 'y/1.jpg', same: false },
    ]);
    await writeFile(file, 'a,b,same\nx/1.jpg,x/2.jpg,1\n../x,y,maybe\n');
    await expect(readPairs(file)).rejects.toThrow(/pairs\.csv line 3/);
    await writeFile(file, 'a,b\n1,2\n');
    await expect(readPairs(file)).rejects.toThrow('lacks the column(s) same');
    await expect(readPairs(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'input_invalid' });
    await writeFile(file, 'name,images,files\nx,2,1.jpg 2.jpg\n');
    expect(await readPeople(file)).toEqual([{ name: 'x', images: ['x/1.jpg', 'x/2.jpg'] }]);
  });

  it('draws the curve as SVG and PNG, and refuses other endings', async () => {
    const curves = [{ name: '1 photograph', points: pairReport(pairs, embeddings).roc }];
    await writeRocPlot(join(folder, 'roc.svg'), 'A title', curves);
    expect(await readFile(join(folder, 'roc.svg'), 'utf8')).toMatch(/^<svg[\s\S]*A title/);
    await writeRocPlot(join(folder, 'roc.png'), 'A title', curves);
    const png = await readFile(join(folder, 'roc.png'));
    expect([...png.subarray(0, 4)]).toEqual([0x89, 0x50, 0x4e, 0x47]);
    expect(png.readUInt32BE(16)).toBe(1280);
    await expect(writeRocPlot(join(folder, 'roc.pdf'), 'A title', curves)).rejects.toMatchObject({
      code: 'input_invalid',
    });
  });
});
