import type { Config } from '../../config/schema.js';

/** What one check found. */
export interface Finding {
  readonly level: 'ok' | 'warn' | 'fail';
  readonly text: string;
  /** How to mend it; present unless the level is ok. */
  readonly mend?: string;
}

export interface DoctorContext {
  readonly config: Config;
  readonly configFile: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Process id of the kiosk that runs on this state directory. */
  readonly daemonPid: number | undefined;
}

export interface Check {
  /** One word or two for the left column and the JSON. */
  readonly name: string;
  /** Gives one or more findings; what it throws becomes a finding of its own. */
  run(context: DoctorContext): Promise<readonly Finding[]>;
}

export const ok = (text: string): Finding => ({ level: 'ok', text });
export const warn = (text: string, mend: string): Finding => ({ level: 'warn', text, mend });
export const fail = (text: string, mend: string): Finding => ({ level: 'fail', text, mend });
