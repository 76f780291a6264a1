// A vision process whose engine hangs: the camera goes on giving frames, the heartbeat has stopped.
import { readFileSync } from 'node:fs';

const source = readFileSync(new URL('../../../src/vision/protocol.ts', import.meta.url), 'utf8');
const version = Number(/PROTOCOL_VERSION = (\d+)/.exec(source)?.[1]);
process.on('message', (message) => {
  if (message.t === 'stop') process.exit(0);
  if (message.t !== 'start') return;
  process.send({ t: 'ready', version, pack: { id: 'core', hash: 'sha256:0', dim: 1 }, engine: 'none', networks: {} });
  process.send({ t: 'heartbeat', fps: 15, rssBytes: 1 });
  setInterval(() => process.send({ t: 'frame', capturedAt: Number(process.hrtime.bigint()) / 1e6 }), 100);
});
process.on('disconnect', () => process.exit(0));
