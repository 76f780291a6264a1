import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './command.mjs';
import { lockHash, modulesStamp, npmEnvironment } from './node-modules.mjs';
import { jsonOf, writeJson } from './stamps.mjs';

const LIMIT_MS = 60_000;

/** One try at TensorFlow's native library, which it downloads from its own site. The wasm engine runs otherwise. */
export const tensorflow = {
  name: 'TensorFlow native library',

  isDone({ root }) {
    return jsonOf(modulesStamp(root))?.tensorflow === lockHash(root);
  },

  async work({ root, env, report }) {
    const folder = join(root, 'node_modules/@tensorflow/tfjs-node');
    if (existsSync(folder) && !isBuilt(folder)) {
      report.progress('asking for its download, 60 s at most');
      await run('npm', ['rebuild', '@tensorflow/tfjs-node', '--ignore-scripts=false'], {
        cwd: root,
        env: npmEnvironment(env),
        limitMs: LIMIT_MS,
      });
    }
    writeJson(modulesStamp(root), { ...jsonOf(modulesStamp(root)), tensorflow: lockHash(root) });
    if (isBuilt(folder)) report.done('TensorFlow native library installed');
    else report.done('TensorFlow native library not to be had here, wasm is used instead');
  },
};

function isBuilt(folder) {
  const lib = join(folder, 'lib');
  if (!existsSync(lib)) return false;
  return readdirSync(lib).some((name) => name.startsWith('napi-') && existsSync(join(lib, name, 'tfjs_binding.node')));
}
