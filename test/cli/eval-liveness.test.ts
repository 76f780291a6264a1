import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LabelledSource, readLabels } from '../../src/cli/eval-liveness-data.js';
import { type JudgedSource, judgeSource } from '../../src/cli/eval-liveness-judge.js';
import { writeLivenessPlot } from '../../src/cli/eval-liveness-plot.js';
import { evaluationReport, sweep } from '../../src/cli/eval-liveness-report.js';
import { evaluationText } from '../../src/cli/eval-liveness-table.js';
import { openLivenessMeasurer } from '../../src/cli/liveness-measure.js';
import { hasOpenPack, modelsDirectory, SHARED } from '../packs/models-directory.js';
import { clipsPresent } from '../support/clips.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vestibule-eval-liveness-'));
  for (const name of ['a.mp4', 'b.mp4', 'c.jpg']) writeFileSync(join(folder, name), 'x');
  mkdirSync(join(folder, 'session'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function labels(...lines: string[]): string {
  const file = join(folder, 'labels.csv');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

describe('labels of liveness', () => {
  it('reads clips, sessions and stills; other columns do not matter', async () => {
    const file = labels(
      '\uFEFFfile,label,note,medium,score_from_s,score_to_s,person',
      'a.mp4,live,"x, y",,,,t',
      'b.mp4,replay,,computer monitor,0.5,3,w',
      'c.jpg,print,,matt print,,,',
      'session,mask,,,,,',
    );
    expect(await readLabels(file)).toMatchObject([
      {
        file: 'a.mp4',
        form: 'video',
        kind: 'live',
        species: 'live',
        person: 't',
        fromS: 0,
        toS: Number.POSITIVE_INFINITY,
      },
      { file: 'b.mp4', form: 'video', kind: 'attack', species: 'replay, computer monitor', fromS: 0.5, toS: 3 },
      { file: 'c.jpg', form: 'still', kind: 'attack', species: 'print, matt print (stills)' },
      { file: 'session', form: 'session', kind: 'attack', species: 'mask' },
    ]);
  });

  it('names every fault with its line at once', async () => {
    const file = labels(
      'file,label,score_from_s,score_to_s',
      'a.mp4,live,,',
      '../a.mp4,live,,',
      'gone.mp4,replay,,',
      'b.mp4,Print it,soon,',
      'b.mp4,live,3,2',
      'b.mp4,live',
    );
    const error = await readLabels(file).then(
      () => '',
      (thrown: Error) => thrown.message,
    );
    for (const words of [
      'line 3: file must be a path below',
      'line 4: gone.mp4 does not exist',
      'line 5: label must be',
      'line 5: score_from_s must be seconds',
      'line 6: score_from_s must be less',
      'line 7: 2 columns instead of 4',
    ])
      expect(error).toContain(words);
    expect(error).not.toContain('line 2');
    await expect(readLabels(labels('a,b', '1,2'))).rejects.toThrow('lacks the column(s) file, label');
    await expect(readLabels(labels('file,label'))).rejects.toThrow('names no file');
    await expect(readLabels(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'input_invalid' });
  });
});

const source = (kind: 'live' | 'attack', species: string, person?: string): LabelledSource => ({
  file: `${species}.mp4`,
  path: '',
  form: 'video',
  kind,
  species,
  ...(person !== undefined && { person }),
  fromS: 0,
  toS: Number.POSITIVE_INFINITY,
});
const judged = (
  from: LabelledSource,
  state: JudgedSource['state'],
  score: number,
  reason: JudgedSource['reason'] = state === 'passed' ? 'ok' : 'looks_like_picture',
): JudgedSource => ({
  source: from,
  state,
  reason,
  score,
  frameScores: [score, score],
  frames: 4,
  runs: [{ state, reason }],
  decidedMs: 1800,
  turned: true,
});
const terms = {
  pack: 'open',
  packHash: 'sha256:0123456789abcdef0123',
  engine: 'onnxruntime-node',
  networks: { passive: 'sha256:fedcba9876543210ffff' },
  passiveThreshold: 0.5,
  framesPerSecond: 10,
};
const series: readonly JudgedSource[] = [
  ...Array.from({ length: 19 }, () => judged(source('live', 'live', 'a'), 'passed', 0.9)),
  judged(source('live', 'live', 'b'), 'failed', 0.2),
  ...Array.from({ length: 22 }, () => judged(source('attack', 'replay, tablet'), 'failed', 0.1)),
  judged(source('attack', 'print'), 'passed', 0.7),
  judged(source('attack', 'print'), 'failed', 0.3),
  judged(source('attack', 'print'), 'unavailable', 0.9, 'several_faces'),
  judged(source('attack', 'print'), 'failed', 0.95, 'several_faces'),
];

describe('figures of liveness', () => {
  const report = evaluationReport(series, terms);

  it('gives each species its own rates with bounds, and the worst counts', () => {
    expect(report.species).toMatchObject([
      { species: 'live', n: 20, people: 2, apcer: null, bpcer: 0.05, nonResponse: 0 },
      { species: 'print', n: 4, apcer: 0.25, bpcer: null, nonResponse: 0.25 },
      { species: 'replay, tablet', n: 22, apcer: 0, nonResponse: 0 },
    ]);
    expect(report.species.map(({ upper95 }) => Number(upper95.toFixed(3)))).toEqual([0.216, 0.751, 0.127]);
    expect(report).toMatchObject({ worst: 'print', bpcer: 0.05, acer: 0.15 });
  });

  it('says how they came about, what was decided wrongly, and never a mean over species', () => {
    const text = evaluationText(report);
    expect(text).toContain('P(live) ≥ 0.5, 10 frames a second, long side ≤ 640 px (area), box of the detector');
    expect(text).toContain('passive sha256:fedcba9876543210');
    expect(text).toContain('Worst species: print, APCER 25.0 % of 4, true rate at most 75.1 % (95 %, one-sided).');
    expect(text).toContain(
      'Decided wrongly or not at all:\n  live.mp4: failed, looks like a screen or a print\n  print.mp4: passed, ok',
    );
    expect(text).toContain('a replay of a turning head does too');
  });

  it('keeps stills out of every figure but their own', () => {
    const stills = Array.from({ length: 5 }, () =>
      judged({ ...source('attack', 'print (stills)'), form: 'still' }, 'passed', 0.9),
    );
    const mixed = evaluationReport([...series, ...stills], terms);
    expect(mixed.species.find(({ species }) => species === 'print (stills)')).toMatchObject({ n: 5, apcer: 1 });
    expect(mixed).toMatchObject({ worst: 'print', bpcer: 0.05, acer: 0.15 });
    expect(evaluationText(mixed)).toContain('no kiosk decides by one picture');
    expect(evaluationReport(stills, terms).worst).toBe('print (stills)');
  });

  it('accepts at no threshold what another gate refused', () => {
    const points = sweep(series);
    expect(points[0]).toEqual({ threshold: 0, apcer: 1, bpcer: 0 });
    const prints = sweep(series.filter(({ source: { species } }) => species === 'print'));
    expect(prints[0]).toMatchObject({ apcer: 0.5, bpcer: null });
    expect(prints[50]).toMatchObject({ apcer: 0.25 });
    expect(points[100]).toMatchObject({ apcer: 0, bpcer: 1 });
  });

  it('draws them', async () => {
    const svg = join(folder, 'plot.svg');
    await writeLivenessPlot(svg, series, 0.5);
    const text = readFileSync(svg, 'utf8');
    for (const words of ['replay, tablet', 'APCER, worst species', 'P(live)']) expect(text).toContain(words);
    const png = join(folder, 'plot.png');
    await writeLivenessPlot(png, series, 0.5);
    expect(readFileSync(png).subarray(1, 4).toString()).toBe('PNG');
    await expect(writeLivenessPlot(join(folder, 'plot.gif'), series, 0.5)).rejects.toThrow('.png or .svg');
  });
});

const missing =
  clipsPresent() && hasOpenPack ? '' : ' (skipped: ../shared/data/liveness or ../shared/models is missing)';

describe.skipIf(missing !== '')(`recorded clips${missing}`, () => {
  it('live ones pass the passive gate, replays do not, and the replay of a turning head passes the turn rule', async () => {
    const models = await modelsDirectory(['open', 'motion']);
    const faults: string[] = [];
    const measurer = await openLivenessMeasurer({
      modelsDirectory: models.path,
      pack: 'open',
      detectSize: 320,
      trouble: (sentence) => faults.push(sentence),
    });
    const seen: Record<string, JudgedSource> = {};
    for (const one of await readLabels(join(SHARED, 'data', 'liveness', 'labels.csv'))) {
      // Enough to see the heads turn that turn.
      const part = { ...one, toS: Math.min(one.toS, one.file.startsWith('tran') ? 6 : 3) };
      seen[one.file] = await judgeSource(part, measurer, {
        framesPerSecond: 10,
        passiveThreshold: 0.5,
        sameFace: 0.34,
      });
    }
    await measurer.dispose();
    await models.remove();
    expect(faults).toEqual([]);
    const table = Object.entries(seen).map(([file, { state, score, turned }]) => ({ file, state, score, turned }));
    console.log(JSON.stringify(table));
    expect(seen['tran_real.mp4']).toMatchObject({ state: 'passed', turned: true });
    expect(seen['wolf_2.mp4']).toMatchObject({ state: 'passed' });
    expect(seen['tran_fake.mp4']).toMatchObject({ state: 'failed', reason: 'looks_like_picture', turned: true });
    expect(seen['wolf_1.mp4']).toMatchObject({ state: 'failed', reason: 'looks_like_picture' });
  }, 240_000);
});
