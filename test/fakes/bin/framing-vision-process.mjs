// A vision process whose camera gave one frame, captured at the monotonic ms in the settings' `fps`.
import { readFileSync } from 'node:fs';

const source = readFileSync(new URL('../../../src/vision/protocol.ts', import.meta.url), 'utf8');
const version = Number(/PROTOCOL_VERSION = (\d+)/.exec(source)?.[1]);
process.on('message', (message) => {
  if (message.t === 'stop') process.exit(0);
  if (message.t !== 'start') return;
  process.send({ t: 'ready', version, pack: { id: 'core', hash: 'sha256:0', dim: 1 }, engine: 'none', networks: {} });
  process.send({ t: 'frame', capturedAt: message.settings.fps });
  process.send({ t: 'heartbeat', fps: 15, rssBytes: 1 });
});
process.on('disconnect', () => process.exit(0));
