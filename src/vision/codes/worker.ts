import { parentPort } from 'node:worker_threads';
import { CodeReaderZxing } from '../../adapters/code-reader-zxing.js';
import { toError } from '../../domain/errors.js';
import type { FromCodeWorker, LookAt } from './worker-protocol.js';

/** Composition root of the thread that reads QR codes and barcodes; it runs only while somebody may show one. */
const port = parentPort;
if (port === null) throw new Error('The code worker runs as a worker thread of the vision process only.');
const tell = (message: FromCodeWorker): void => port.postMessage(message);

try {
  const reader = await CodeReaderZxing.load();
  port.on('message', async (picture: LookAt) => {
    try {
      const code = await reader.read(picture);
      tell({ t: 'looked', ...(code !== undefined && { code }) });
    } catch (thrown) {
      tell({ t: 'failed', message: toError(thrown).message });
    }
  });
  tell({ t: 'ready' });
} catch (thrown) {
  tell({ t: 'failed', message: toError(thrown).message });
}
