import { describe, expect, it } from 'vitest';
import { Lifecycle } from '../../src/kiosk-lifecycle.js';

describe('the lifecycle of the parts', () => {
  it('stops in reverse, also the part that failed half-way through its own start', async () => {
    const lifecycle = new Lifecycle();
    const stopped: string[] = [];
    let timer: NodeJS.Timeout | undefined;
    await lifecycle.start(
      'store',
      () => {},
      () => void stopped.push('store'),
    );
    const failing = lifecycle.start(
      'watch',
      async () => {
        timer = setInterval(() => {}, 1000);
        throw new Error('the disk does not answer');
      },
      () => {
        clearInterval(timer);
        timer = undefined;
        stopped.push('watch');
      },
    );
    await expect(failing).rejects.toThrow('the disk does not answer');
    expect(await lifecycle.stop()).toEqual([]);
    expect(stopped).toEqual(['watch', 'store']);
    expect(timer).toBeUndefined();
  });

  it('runs every stop step once, whatever another one throws, and names those that failed', async () => {
    const lifecycle = new Lifecycle();
    const stopped: string[] = [];
    for (const name of ['first', 'second', 'third'])
      await lifecycle.start(
        name,
        () => {},
        () => {
          stopped.push(name);
          if (name === 'second') throw new Error('stuck');
        },
      );
    expect(await lifecycle.stop()).toMatchObject([{ name: 'second', error: { message: 'stuck' } }]);
    expect(await lifecycle.stop()).toEqual([]);
    expect(stopped).toEqual(['third', 'second', 'first']);
  });
});
