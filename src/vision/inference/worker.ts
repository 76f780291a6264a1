import { parentPort, workerData } from 'node:worker_threads';
import { MonotonicClock } from '../../adapters/clock-monotonic.js';
import { EngineOnnx } from '../../adapters/engine-onnx.js';
import { EngineTfjs } from '../../adapters/engine-tfjs.js';
import { toError, VestibuleError } from '../../domain/errors.js';
import { Analyser } from '../analyse.js';
import { MeasureNetworkLoader } from '../measure/networks.js';
import { loadFacePipeline } from './load-pipeline.js';
import type { FromWorker, ToWorker, WorkerSettings } from './worker-protocol.js';

/**
 * Composition root of the inference worker. Engines block their thread, so they live here. The thread ends when it is
 * told to stop and its work is done; it is never terminated (that aborts the process).
 */
const port = parentPort;
if (port === null) throw new Error('The inference worker runs as a worker thread of the vision process only.');
const tell = (message: FromWorker): void => port.postMessage(message);

try {
  const { modelsDirectory, pack, detectSize, prepare } = workerData as WorkerSettings;
  const engine = await EngineOnnx.load();
  const pipeline = await loadFacePipeline(engine, modelsDirectory, pack, { detectSize });
  let ready = false;
  const trouble = (message: string): void => tell({ t: 'trouble', message });
  const source = new MeasureNetworkLoader({
    modelsDirectory,
    onnx: async () => engine,
    tfjs: () => EngineTfjs.load(),
    onFault: (network, fault) => {
      trouble(`The network ${network} cannot be used: ${fault.message}`);
      // What is wrong from the start is told with `ready`.
      if (ready) void source.available().then((networks) => tell({ t: 'networks', networks }));
    },
  });
  const analyser = new Analyser({
    pipeline,
    clock: new MonotonicClock(),
    measuring: { source, trouble, onLoading: (on) => tell({ t: 'loading', on }) },
  });
  let work: Promise<void> = Promise.resolve();
  port.on('message', (message: ToWorker) => {
    work = work.then(async () => {
      if (message.t === 'stop') {
        port.close();
        await source.dispose();
        await pipeline.dispose();
        return;
      }
      const { id, mode, width, height, bgr, order } = message;
      try {
        const picture = { width, height, bgr };
        const analysis = await (mode === 'live' ? analyser.live(picture, order) : analyser.still(picture));
        tell({ t: 'analysed', id, analysis });
      } catch (thrown) {
        tell({ t: 'refused', id, ...faultOf(thrown) });
      }
    });
  });
  const networks = await source.available();
  tell({ t: 'ready', pack: pipeline.identity, engine: engine.name, networks });
  ready = true;
  if (prepare !== undefined) analyser.prepare(prepare);
} catch (thrown) {
  tell({ t: 'failed', ...faultOf(thrown) });
  port.close();
}

function faultOf(thrown: unknown): Pick<Extract<FromWorker, { t: 'failed' }>, 'code' | 'message'> {
  if (thrown instanceof VestibuleError) return { code: thrown.code, message: thrown.message };
  return { code: 'engine_failed', message: toError(thrown).message };
}
