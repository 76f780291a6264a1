import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { SystemCameraProbe } from '../../adapters/camera-probe.js';
import { resolveSource } from '../../adapters/camera-source.js';
import { EngineOnnx } from '../../adapters/engine-onnx.js';
import { OPENCV_ENVIRONMENT } from '../../adapters/opencv.js';
import { redactSource } from '../../adapters/redact-source.js';
import { FAULTS, toError, VestibuleError } from '../../domain/errors.js';
import { modelsDirectory } from '../../packs/models-directory.js';
import { listPacks } from '../../packs/verify.js';
import type { CameraSource } from '../../ports/camera.js';
import { type Check, type Finding, fail, ok, warn } from './finding.js';

const LOAD_LIMIT_MS = 30_000;
const CONNECT_LIMIT_MS = 3000;

export const cameraCheck: Check = {
  name: 'camera',
  run: async ({ config }) => {
    const { source, reason } = await resolveSource(config.camera, new SystemCameraProbe());
    return [ok(reason), ...(await reachable(source))];
  },
};

/** Whether the source is there; no camera is opened, because the kiosk may be using it. */
async function reachable(source: CameraSource): Promise<readonly Finding[]> {
  switch (source.kind) {
    case 'demo':
      return [warn('the demo camera shows recorded pictures.', 'Plug a camera in, or name it under camera.source.')];
    case 'device': {
      const path = typeof source.device === 'number' ? `/dev/video${source.device}` : source.device;
      if (!existsSync(path))
        return [fail(`${path} does not exist.`, 'Plug the camera in, or name another under camera.source.')];
      const allowed = await access(path, constants.R_OK | constants.W_OK).then(
        () => true,
        () => false,
      );
      return allowed
        ? [ok(`${path} may be opened`)]
        : [fail(`${path} may not be opened by this user.`, 'Run: sudo usermod -aG video "$USER", then log in again.')];
    }
    case 'file':
      return existsSync(source.path)
        ? [ok(`${source.path} is there`)]
        : [fail(`${source.path} does not exist.`, 'Correct camera.source.')];
    case 'url': {
      const url = new URL(source.url);
      if (url.protocol === 'udp:') return [];
      const port = Number(url.port) || (url.protocol.startsWith('rtsp') ? 554 : url.protocol === 'https:' ? 443 : 80);
      const problem = await connectProblem(url.hostname, port);
      return problem === undefined
        ? [ok(`${redactSource(source.url)} answers`)]
        : [
            fail(
              `${redactSource(source.url)} does not answer (${problem}).`,
              'Check address, cable and power of the camera.',
            ),
          ];
    }
    default:
      return [];
  }
}

function connectProblem(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_LIMIT_MS });
    const end = (problem: string | undefined): void => {
      socket.destroy();
      resolve(problem);
    };
    socket.once('connect', () => end(undefined));
    socket.once('timeout', () => end('no answer in 3 s'));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'refused'));
  });
}

/** Loads the binding in a child: a wrong one may end the process. */
const OPENCV_PROBE = `
  const { loadOpencv } = await import(process.argv[1]);
  const { major, minor, revision } = loadOpencv().version;
  process.stdout.write('version ' + [major, minor, revision].join('.'));
`;

export const opencvCheck: Check = {
  name: 'opencv',
  run: async ({ env }) => {
    const module = new URL('../../adapters/opencv.js', import.meta.url).href;
    const { stdout, stderr } = await new Promise<{ stdout: string; stderr: string }>((resolve) => {
      execFile(
        process.execPath,
        ['--input-type=module', '-e', OPENCV_PROBE, module],
        { env: { ...env, ...OPENCV_ENVIRONMENT }, timeout: LOAD_LIMIT_MS, killSignal: 'SIGKILL' },
        (_error, out, err) => resolve({ stdout: out, stderr: err }),
      );
    });
    const version = /version (\d+\.\d+\.\d+)$/.exec(stdout)?.[1];
    if (version !== undefined) return [ok(`OpenCV ${version}`)];
    const cause = /VestibuleError: (.*)/.exec(stderr)?.[1] ?? 'it cannot be loaded';
    return [
      fail(`the OpenCV addon does not work: ${cause}`, `${FAULTS.opencv_missing} Cameras do not work without it.`),
    ];
  },
};

export const packsCheck: Check = {
  name: 'packs',
  run: async ({ config }) => {
    const packs = await listPacks(modelsDirectory(config.stateDirectory));
    const any = packs.some((pack) => pack.kind === 'face' && pack.state === 'installed');
    return packs.map((pack) => {
      if (pack.state === 'installed') return ok(`${pack.id}: ${pack.title}`);
      const words = `${pack.id}: ${pack.reasons.join(' ')}`;
      // Without the motion pack faces are recognised all the same.
      const isWanted = pack.kind === 'face' && (!any || config.vision.pack === pack.id);
      return !isWanted && pack.state === 'missing'
        ? warn(words, FAULTS.pack_missing)
        : fail(words, FAULTS.pack_missing);
    });
  },
};

export const enginesCheck: Check = {
  name: 'engines',
  run: async () => {
    const findings: Finding[] = [];
    try {
      findings.push(ok((await EngineOnnx.load()).name));
    } catch (thrown) {
      const words = thrown instanceof VestibuleError ? thrown.message : toError(thrown).message;
      findings.push(fail(words, FAULTS.engine_missing));
    }
    findings.push(tensorflow());
    return findings;
  },
};

/** Which TensorFlow runs: the native library where set-up could install it, wasm otherwise. */
function tensorflow(): Finding {
  const require = createRequire(import.meta.url);
  const folderOf = (name: string): string | undefined => {
    try {
      return dirname(require.resolve(`${name}/package.json`));
    } catch {
      return undefined;
    }
  };
  const native = folderOf(['@tensorflow', 'tfjs-node'].join('/'));
  const lib = native === undefined ? undefined : join(native, 'lib');
  const isBuilt =
    lib !== undefined &&
    existsSync(lib) &&
    readdirSync(lib).some((name) => name.startsWith('napi-') && existsSync(join(lib, name, 'tfjs_binding.node')));
  if (isBuilt) return ok('TensorFlow: tfjs-node (native)');
  if (folderOf(['@tensorflow', 'tfjs-backend-wasm'].join('/')) !== undefined)
    return ok('TensorFlow: tfjs-backend-wasm (the native library is not installed; that is no fault)');
  return warn('TensorFlow: neither tfjs-node nor tfjs-backend-wasm is installed.', FAULTS.engine_missing);
}
