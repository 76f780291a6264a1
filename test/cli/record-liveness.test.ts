import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evalLivenessCommand } from '../../src/cli/eval-liveness.js';
import { readLabels } from '../../src/cli/eval-liveness-data.js';
import { EXIT_CODES } from '../../src/cli/exit-codes.js';
import { readSession } from '../../src/cli/liveness-session.js';
import { runProgram } from '../../src/cli/program.js';
import { recordLivenessCommand } from '../../src/cli/record-liveness.js';
import { RecordingScript } from '../../src/cli/recording-script.js';
import { lightSequence } from '../../src/domain/liveness/screen-light.js';
import { installPack } from '../../src/packs/install.js';
import { hasOpenPack, SHARED_MODELS } from '../packs/models-directory.js';
import { clipFile, clipsPresent } from '../support/clips.js';

let folder: string;
let corpus: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vestibule-record-'));
  corpus = join(folder, 'corpus');
});
afterEach(() => {
  process.exitCode = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function run(
  args: readonly string[],
  isTTY = false,
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  let out = '';
  let err = '';
  const keep = { write: (text: string) => (out += text), isTTY };
  const state = ['--state', join(folder, 'state')];
  const code = await runProgram([...args, ...state], { out: keep, err: { write: (text) => (err += text) } }, [
    { name: 'record-liveness', description: '', load: async () => recordLivenessCommand(keep) },
    { name: 'liveness', description: '', load: async () => evalLivenessCommand(keep) },
  ]);
  process.exitCode = undefined;
  return { code, out, err };
}

const session = ['record-liveness', '--person', 'p07'];
const into = (): string[] => ['--out', corpus];
const mode = (path: string): number => statSync(path).mode & 0o777;

describe('record-liveness', () => {
  it('records nothing without consent, and says what would be kept', async () => {
    const { code, err } = await run([...session, ...into(), '--label', 'live', '--camera', 'demo']);
    expect(code).toBe(EXIT_CODES.failed);
    expect(err).toContain('Nothing was recorded');
    expect(err).toContain('JPEG pictures of the camera');
    expect(err).toContain('repeat the command with --consent');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('wants a code, a kind of attack and a terminal for the light', async () => {
    const consent = [...into(), '--consent', '--camera', 'demo'];
    expect((await run([...session, ...consent, '--label', 'print'])).err).toContain('Say with --medium');
    expect((await run([...session, ...consent, '--label', 'live', '--light'])).err).toContain('needs a terminal');
    expect((await run([...session, ...consent, '--label', 'Live'])).code).toBe(EXIT_CODES.usage);
    expect((await run(['record-liveness', ...consent, '--label', 'live', '--person', 'Ada Lovelace'])).code).toBe(
      EXIT_CODES.usage,
    );
    expect((await run([...session, ...consent, '--label', 'print', '--medium', '=1+1'])).code).toBe(EXIT_CODES.usage);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('keeps frames with times, prompts and colours, private, with a row in the table', async () => {
    const options = [
      '--label',
      'replay',
      '--medium',
      'tablet, matt',
      '--consent',
      '--camera',
      'demo',
      '--seconds',
      '2',
    ];
    const { code, out, err } = await run([...session, ...into(), ...options]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/✓ \d+ frames in 2\.\d s/);
    const [source] = await readLabels(join(corpus, 'labels.csv'));
    expect(source).toMatchObject({ form: 'session', kind: 'attack', species: 'replay, tablet, matt', person: 'p07' });
    const read = await readSession(source!.path);
    expect(read.session).toMatchObject({
      label: 'replay',
      person: 'p07',
      consent: { given: true },
      prompts: [],
      light: [],
    });
    expect(read.session.camera).toEqual({ kind: 'demo' });
    expect(read.frames.length).toBeGreaterThan(10);
    expect(read.frames[0]!.atMs).toBe(0);
    expect(read.frames.every(({ atMs }, index) => index === 0 || atMs > read.frames[index - 1]!.atMs)).toBe(true);
    expect(mode(corpus)).toBe(0o700);
    expect(mode(source!.path)).toBe(0o700);
    expect(mode(join(corpus, 'labels.csv'))).toBe(0o600);
    for (const name of readdirSync(source!.path)) expect(mode(join(source!.path, name))).toBe(0o600);
  });

  it('leaves nothing behind when the camera cannot be opened, and no other table is touched', async () => {
    const missing = ['--label', 'live', '--consent', '--camera', 'file:no-such-file.mp4'];
    const { code, err } = await run([...session, ...into(), ...missing]);
    expect(code).toBe(EXIT_CODES.failed);
    expect(err).toContain('no-such-file.mp4 does not exist');
    expect(readdirSync(corpus)).toEqual([]);
    writeFileSync(join(corpus, 'labels.csv'), 'a,b\n1,2\n');
    const other = await run([...session, ...into(), '--label', 'live', '--consent', '--camera', 'demo']);
    expect(other.err).toContain('is another table');
    expect(readFileSync(join(corpus, 'labels.csv'), 'utf8')).toBe('a,b\n1,2\n');
  });

  it('asks for actions and shows colours one after the other, and notes when', () => {
    let shown = '';
    const colours = lightSequence(() => 200);
    const script = new RecordingScript({
      terminal: { write: (text: string) => (shown += text) },
      actions: ['turn_left', 'raise_right_hand'],
      colours,
    });
    for (let at = 0; at <= script.leastMs; at += 66) script.tick(at);
    script.end();
    expect(shown).toContain('[1 of 2] turn your head to your left');
    expect(script.prompts.map(({ action }) => action)).toEqual(['turn_left', 'raise_right_hand']);
    expect(script.prompts[0]!.atMs).toBeGreaterThanOrEqual(1500);
    expect(script.light.map(({ colour }) => colour)).toEqual(colours.map(({ colour }) => colour));
    const [r, g, b] = colours[0]!.rgb;
    expect(shown).toContain(`48;2;${r};${g};${b}m`);
    for (const [index, { atMs }] of script.light.entries())
      if (index > 0) expect(atMs - script.light[index - 1]!.atMs).toBeGreaterThanOrEqual(334);
  });
});

/** Gives the frames of a clip the times that they have on a quiet machine. */
async function retime(path: string): Promise<void> {
  const { frames } = await readSession(path);
  const lines = frames.map((frame) => JSON.stringify({ ...frame, atMs: ((frame.seq - frames[0]!.seq) * 1000) / 30 }));
  writeFileSync(join(path, 'frames.jsonl'), `${lines.join('\n')}\n`);
}

const missing =
  clipsPresent() && hasOpenPack ? '' : ' (skipped: ../shared/data/liveness or ../shared/models is missing)';

describe.skipIf(missing !== '')(`a corpus of one's own${missing}`, () => {
  it('is recorded from a camera and read by eval liveness', async () => {
    const modelsDirectory = join(folder, 'state', 'models');
    for (const pack of ['open', 'motion']) await installPack(pack, { modelsDirectory, mirror: SHARED_MODELS });
    for (const [label, medium, clip] of [
      ['live', 'evening', 'wolf_2.mp4'],
      ['replay', 'monitor', 'wolf_1.mp4'],
    ] as const) {
      const options = ['--label', label, '--medium', medium, '--consent', '--seconds', '4'];
      const { err } = await run([...session, ...into(), ...options, '--camera', `file:${clipFile(clip)}`]);
      expect(err).toBe('');
    }
    for (const { path } of await readLabels(join(corpus, 'labels.csv'))) await retime(path);
    const json = join(folder, 'figures.json');
    const plot = join(folder, 'figures.svg');
    const labels = join(corpus, 'labels.csv');
    const { code, out } = await run(['liveness', labels, '--json', json, '--plot', plot]);
    expect(code).toBe(0);
    const { species, worst } = JSON.parse(readFileSync(json, 'utf8'));
    expect(worst).toBe('replay, monitor');
    expect(species).toMatchObject([
      { species: 'live, evening', n: 1, apcer: null, bpcer: 0, nonResponse: 0, upper95: expect.closeTo(0.95, 9) },
      { species: 'replay, monitor', n: 1, apcer: 0, bpcer: null, nonResponse: 0, upper95: expect.closeTo(0.95, 9) },
    ]);
    expect(out).toContain('Worst species: replay, monitor, APCER 0.0 % of 1');
    expect(readFileSync(plot, 'utf8')).toContain('live, evening');
  }, 180_000);

  it('scores the light of a session whose colours the terminal showed; a recording does not answer to them', async () => {
    const modelsDirectory = join(folder, 'state', 'models');
    await installPack('open', { modelsDirectory, mirror: SHARED_MODELS });
    const options = ['--label', 'replay', '--medium', 'file', '--consent', '--light', '--seconds', '3'];
    const recorded = await run(
      [...session, ...into(), ...options, '--camera', `file:${clipFile('tran_fake.mp4')}`],
      true,
    );
    expect(recorded.err).toBe('');
    expect(recorded.out).toContain('\u001b[48;2;');
    const [source] = await readLabels(join(corpus, 'labels.csv'));
    const { session: kept } = await readSession(source!.path);
    expect([3, 4]).toContain(kept.light.length);
    const json = join(folder, 'figures.json');
    expect((await run(['liveness', join(corpus, 'labels.csv'), '--json', json])).out).toContain('Screen light:');
    const { species } = JSON.parse(readFileSync(json, 'utf8'));
    expect(species[0].light).toMatchObject({ sessions: 1, passed: 0 });
    expect(species[0].turned).toBeNull();
  }, 180_000);
});
