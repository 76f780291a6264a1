// Set-up of a bare checkout: `node src/setup/setup.mjs start|test`. Runs before `npm start` and `npm test`, uses nothing
// but Node itself, does only what is missing, and says in one line per step what it did.
import { join, resolve } from 'node:path';
import { build } from './build.mjs';
import { takeLock } from './lock.mjs';
import { modelPacks } from './model-packs.mjs';
import { nodeModules } from './node-modules.mjs';
import { opencvAddon } from './opencv-addon.mjs';
import { duration, nodeProblem } from './plan.mjs';
import { createReport, SetupFailure } from './report.mjs';
import { jsonOf, writeJson } from './stamps.mjs';
import { systemPackages } from './system-packages.mjs';
import { tensorflow } from './tensorflow.mjs';

const STEPS = [systemPackages, nodeModules, opencvAddon, tensorflow, build, modelPacks];

async function setUp(mode) {
  const started = performance.now();
  const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '../..');
  const problem = nodeProblem(process.versions.node);
  if (problem !== undefined) throw new SetupFailure(problem, 'node --version shows the one that runs.');
  const directory = join(root, '.setup');
  const stateFile = join(directory, 'state.json');
  const report = createReport();
  const context = (state) => ({ root, mode, state, report, env: process.env });
  const isReady = () => {
    const state = jsonOf(stateFile) ?? {};
    return STEPS.every((step) => step.isDone(context(state)));
  };
  if (!isReady()) {
    const release = await takeLock(directory, () =>
      console.log('Another set-up of this checkout is running; waiting for it.'),
    );
    try {
      console.log(
        `Setting up Vestibule for ${mode === 'test' ? 'its tests' : 'its first start'} (nothing to do by hand):`,
      );
      for (const step of STEPS) {
        const state = jsonOf(stateFile) ?? {};
        if (step.isDone(context(state))) continue;
        report.begin(step.name);
        try {
          await step.work(context(state));
        } catch (error) {
          report.failed(step.name);
          throw error;
        }
        writeJson(stateFile, state);
      }
    } finally {
      release();
    }
  }
  console.log(`✓ Set-up complete (${duration(performance.now() - started)})`);
}

const mode = process.argv[2];
if (mode !== 'start' && mode !== 'test') {
  console.error('Usage: node src/setup/setup.mjs start|test');
  process.exitCode = 2;
} else {
  setUp(mode).catch((error) => {
    if (error instanceof SetupFailure) console.error(`\n✗ ${error.message}\n  → ${error.mend}`);
    else console.error('\n✗ Set-up failed in a way that it does not know:', error);
    process.exitCode = 1;
  });
}
