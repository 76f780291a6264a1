import type { FaultCode } from '../domain/errors.js';

/** What the exit code of every command means (docs/cli.md). */
export const EXIT_CODES = {
  ok: 0,
  /** The command ran and something failed or was found wrong. */
  failed: 1,
  /** Unknown command, option or argument. */
  usage: 2,
  /** The configuration or a secret file is wrong. */
  configuration: 3,
  /** Another process holds the state directory. */
  stateLocked: 4,
  /** A model pack, an engine or OpenCV is not installed. */
  notInstalled: 5,
} as const;

/** Exit code of a fault. */
export function exitCodeOf(code: FaultCode): number {
  switch (code) {
    case 'config_invalid':
    case 'secret_unreadable':
      return EXIT_CODES.configuration;
    case 'state_locked':
      return EXIT_CODES.stateLocked;
    case 'pack_missing':
    case 'engine_missing':
    case 'opencv_missing':
      return EXIT_CODES.notInstalled;
    default:
      return EXIT_CODES.failed;
  }
}
