import { Command } from 'commander';
import type { CommonOptions } from './options.js';

interface StartOptions extends CommonOptions {
  readonly camera?: string;
  readonly port?: string;
  readonly logLevel?: string;
}

/** `vestibule start`: runs the kiosk until it is told to stop. */
export function startCommand(): Command {
  return new Command('start')
    .description('run the kiosk')
    .option('--camera <source>', 'camera.source: auto, demo, browser, a device, URL or file')
    .option('--port <number>', 'http.port: port of the page')
    .option('--log-level <level>', 'log.level: trace, debug, info, warn, error or silent')
    .addHelpText(
      'after',
      `
Without a configuration the first camera is used, else a demo with recorded pictures; an MQTT broker of its own listens
on 127.0.0.1:1883 and the page is at http://127.0.0.1:8080. SIGINT and SIGTERM stop the kiosk in order.

Examples:
  $ vestibule start
  $ vestibule start --config /etc/vestibule/vestibule.yaml
  $ vestibule start --camera /dev/video0 --port 8081 --state ./state-2`,
    )
    .action(async (options: StartOptions) => {
      const { runKiosk } = await import('../main.js');
      await runKiosk({
        ...(options.config === undefined ? {} : { configFile: options.config }),
        ...(options.state === undefined ? {} : { stateDirectory: options.state }),
        overrides: startOverrides(options),
      });
    });
}

/** Values of the command line as the schema wants them; a text that is no number is left for the schema to refuse. */
function startOverrides(options: StartOptions): Record<string, unknown> {
  const number = (text: string): unknown => (/^\d+$/.test(text) ? Number(text) : text);
  return {
    ...(options.camera === undefined ? {} : { camera: { source: number(options.camera) } }),
    ...(options.port === undefined ? {} : { http: { port: number(options.port) } }),
    ...(options.logLevel === undefined ? {} : { log: { level: options.logLevel } }),
  };
}
