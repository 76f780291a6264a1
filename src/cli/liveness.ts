import { Command } from 'commander';
import { livenessCameraCommand } from './liveness-camera.js';
import { livenessExplainCommand } from './liveness-explain.js';
import type { Output } from './report-fault.js';

/** `vestibule liveness camera|explain`. */
export function livenessCommand(output: Output = process.stdout): Command {
  return new Command('liveness')
    .description('show the camera that counts for liveness, explain a decision')
    .addHelpText(
      'after',
      `
Examples:
  $ vestibule liveness camera
  $ vestibule liveness explain last`,
    )
    .addCommand(livenessCameraCommand(output))
    .addCommand(livenessExplainCommand(output));
}
