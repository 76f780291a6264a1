import { VestibuleError } from '../../src/domain/errors.js';
import type { Store } from '../../src/ports/collection.js';

/** A disk that fills: writes succeed until none is left. */
export class FillingDisk {
  writesLeft = Number.POSITIVE_INFINITY;
  /** Files of the writes that were tried. */
  readonly tried: string[] = [];

  /** The real store on this disk. */
  readonly on = (store: Store): Store => {
    const collection: Store['collection'] = async (spec) => {
      const whole = await store.collection(spec);
      return {
        read: () => whole.read(),
        close: () => whole.close(),
        update: async (change) => {
          this.tried.push(spec.file);
          if (this.writesLeft-- <= 0) throw new VestibuleError('storage_full', `${spec.file} was not written.`);
          return whole.update(change);
        },
      };
    };
    return new Proxy(store, {
      get: (_store, name: keyof Store) => (name === 'collection' ? collection : store[name].bind(store)),
    });
  };
}
