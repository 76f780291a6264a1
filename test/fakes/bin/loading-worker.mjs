// An inference worker that answers no picture; it says what comes by the channel whose name is the pack's.
import { BroadcastChannel, parentPort, workerData } from 'node:worker_threads';

const channel = new BroadcastChannel(workerData.pack);
channel.onmessage = ({ data }) => parentPort.postMessage(data);
parentPort.on('message', (message) => {
  if (message.t !== 'stop') return;
  channel.close();
  parentPort.close();
});
parentPort.postMessage({ t: 'ready', pack: { id: 'none', hash: '', dim: 1 }, engine: 'none', networks: {} });
