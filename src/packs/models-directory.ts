import { join } from 'node:path';

/** Where the model packs of a state directory lie: one folder per pack. */
export function modelsDirectory(stateDirectory: string): string {
  return join(stateDirectory, 'models');
}
