import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from './command.mjs';
import { npmEnvironment } from './node-modules.mjs';
import { causeOf, modelsDue, OFFLINE_PACKS } from './plan.mjs';
import { SetupFailure } from './report.mjs';
import { jsonOf, sha256, textOf } from './stamps.mjs';

/** The model packs under the state directory: core and motion from the npm packages, open when it can be reached. */
export const modelPacks = {
  name: 'model packs',

  isDone(context) {
    return !modelsDue(facts(context));
  },

  async work(context) {
    const { root, state, env, report } = context;
    const { manifestHash, mirror } = facts(context);
    report.progress(`${OFFLINE_PACKS.join(' and ')} from the npm packages, open when it can be reached`);
    const result = await run(
      process.execPath,
      [join(root, 'dist/cli/vestibule.js'), 'models', 'pull', '--if-reachable'],
      { cwd: root, env: npmEnvironment(env), onLine: (line) => line.trim() !== '' && report.progress(line.trim()) },
    );
    const missing = missingPacks(context);
    if (missing.some((pack) => OFFLINE_PACKS.includes(pack)) || (result.code !== 0 && missing.length === 0)) {
      throw new SetupFailure(
        `The model packs are not complete: ${causeOf(result.lines)}`,
        'Type "node dist/cli/vestibule.js models pull" to see all of it.',
      );
    }
    state.models = { manifestHash, mirror, atMs: Date.now() };
    if (missing.length === 0) report.done('Model packs are there');
    else
      report.done(
        `Model packs ${OFFLINE_PACKS.join(' and ')} are there; ${missing.join(', ')} cannot be reached (mend: set VESTIBULE_MODELS_MIRROR to a folder or URL that holds it, then npm start)`,
      );
  },
};

function facts(context) {
  return {
    stamp: context.state.models,
    manifestHash: sha256(textOf(join(context.root, 'models/manifest.json')) ?? ''),
    mirror: context.env.VESTIBULE_MODELS_MIRROR ?? '',
    missing: missingPacks(context),
    nowMs: Date.now(),
  };
}

/** Packs of the manifest without files under the state directory. */
function missingPacks({ root, env }) {
  const packs = jsonOf(join(root, 'models/manifest.json'))?.packs ?? [];
  const state = resolve(root, env.VESTIBULE_STATE_DIRECTORY || env.VESTIBULE_STATE || './state');
  return packs
    .map((pack) => pack.id)
    .filter((id) => {
      const folder = join(state, 'models', id);
      return !existsSync(folder) || readdirSync(folder).length === 0;
    });
}
