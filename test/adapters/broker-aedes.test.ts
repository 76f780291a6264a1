import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { AedesBroker } from '../../src/adapters/broker-aedes.js';

describe('AedesBroker', () => {
  it('takes the next free port and says so when the wanted one is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const taken = typeof address === 'object' && address !== null ? address.port : 0;
    const notices: string[] = [];
    const broker = new AedesBroker({ notice: (sentence) => notices.push(sentence) });
    const port = await broker.start(taken);
    expect(port).toBeGreaterThan(taken);
    expect(notices).toEqual([
      `Port ${taken} is taken by another program; the embedded MQTT broker listens on 127.0.0.1:${port}. Set mqtt.url to use the other broker.`,
    ]);
    await broker.stop();
    other.close();
  });

  it('frees its port when it stops, even twice', async () => {
    const broker = new AedesBroker();
    const port = await broker.start(0);
    await broker.stop();
    await broker.stop();
    expect(await broker.start(port)).toBe(port);
    await broker.stop();
  });
});
