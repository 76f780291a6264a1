import { VestibuleError } from '../domain/errors.js';

/** One thing that is wrong in the configuration. */
export interface ConfigFault {
  /** Dotted path, empty for the file as a whole. */
  readonly path: string;
  /** What is wrong and what to write instead. Never holds a value that may be a secret. */
  readonly message: string;
  /** Where it stands: `file:line:column`, or the name of an environment variable. */
  readonly place: string;
  readonly line?: number;
}

/** All faults as one error, in the order of the file. */
export function configError(faults: readonly ConfigFault[]): VestibuleError {
  const sorted = [...faults].sort((a, b) => (a.line ?? Number.MAX_SAFE_INTEGER) - (b.line ?? Number.MAX_SAFE_INTEGER));
  const lines = sorted.map(
    (fault) => `  ${fault.place}: ${fault.path === '' ? '' : `${fault.path}: `}${fault.message}`,
  );
  const head =
    faults.length === 1 ? 'The configuration has a fault:' : `The configuration has ${faults.length} faults:`;
  return new VestibuleError('config_invalid', [head, ...lines].join('\n'), { context: { faults: faults.length } });
}
