// The built vision process with its real engine, which finishes three pictures and hangs on the fourth.
import { Worker } from 'node:worker_threads';

const post = Worker.prototype.postMessage;
let analysed = 0;
Worker.prototype.postMessage = function (message, transfer) {
  if (message.t === 'analyse' && ++analysed > 3) return;
  post.call(this, message, transfer);
};
await import('../../../dist/vision/main.js');
