import { parentPort, workerData } from 'node:worker_threads';
import { MonotonicClock } from '../../adapters/clock-monotonic.js';
import { EngineOnnx } from '../../adapters/engine-onnx.js';
import { toError, VestibuleError } from '../../domain/errors.js';
import { Analyser } from '../analyse.js';
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
  const settings = workerData as WorkerSettings;
  const engine = await EngineOnnx.load();
  const pipeline = await loadFacePipeline(engine, settings.modelsDirectory, settings.pack, {
    detectSize: settings.detectSize,
  });
  const analyser = new Analyser({ pipeline, clock: new MonotonicClock() });
  let work: Promise<void> = Promise.resolve();
  port.on('message', (message: ToWorker) => {
    work = work.then(async () => {
      if (message.t === 'stop') {
        port.close();
        await pipeline.dispose();
        return;
      }
      const { id, mode, width, height, bgr } = message;
      try {
        const picture = { width, height, bgr };
        tell({
          t: 'analysed',
          id,
          analysis: await (mode === 'live' ? analyser.live(picture) : analyser.still(picture)),
        });
      } catch (thrown) {
        tell({ t: 'refused', id, ...faultOf(thrown) });
      }
    });
  });
  tell({ t: 'ready', pack: pipeline.identity, engine: engine.name });
} catch (thrown) {
  tell({ t: 'failed', ...faultOf(thrown) });
  port.close();
}

function faultOf(thrown: unknown): Pick<Extract<FromWorker, { t: 'failed' }>, 'code' | 'message'> {
  if (thrown instanceof VestibuleError) return { code: thrown.code, message: thrown.message };
  return { code: 'engine_failed', message: toError(thrown).message };
}
