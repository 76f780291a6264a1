import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { policyFaults } from '../domain/policy-faults.js';
import { policyOf } from '../domain/policy-written.js';
import { type ConfigDocument, parseConfigDocument } from './document.js';
import { readEnvironment } from './environment.js';
import { explainIssue } from './explain.js';
import { type ConfigFault, configError } from './fault-list.js';
import { configJsonSchema } from './keys.js';
import { type Config, configSchema } from './schema.js';
import { policySchema } from './schema-login.js';
import { isSecretPath, secretFaults } from './secret-keys.js';

/** Where a system-wide installation keeps its configuration. */
const SYSTEM_CONFIG_FILE = '/etc/vestibule/vestibule.yaml';

type Environment = Readonly<Record<string, string | undefined>>;

export interface LoadConfigOptions {
  /** Named by --config. */
  readonly file?: string;
  readonly env: Environment;
  /** Values of the command line; they go above file and environment. */
  readonly overrides?: Readonly<Record<string, unknown>>;
}

/** A configuration and where it came from. */
export interface LoadedConfig {
  readonly config: Config;
  /** Absent when no file was read and every key has its default. */
  readonly file?: string;
}

/**
 * Loads the configuration: the file (--config, else $VESTIBULE_CONFIG, else /etc/vestibule/vestibule.yaml where it
 * exists, else none), above it the environment, above that the command line.
 * Throws `config_invalid` with every fault, each with its place.
 */
export function loadConfig(options: LoadConfigOptions): Config {
  return loadConfigFile(options).config;
}

/** As `loadConfig`, with the name of the file that was read. */
export function loadConfigFile(options: LoadConfigOptions): LoadedConfig {
  const file = configFile(options.file, options.env);
  const document = parseConfigDocument(
    file === undefined ? '' : textOf(file),
    file === undefined ? '' : basename(file),
  );
  const config = validate(document, options.env, options.overrides ?? {});
  return { config, ...(file === undefined ? {} : { file }) };
}

/** The file that would be read, or undefined for none. */
export function configFile(named: string | undefined, env: Environment): string | undefined {
  if (named !== undefined && named !== '') return named;
  const variable = env.VESTIBULE_CONFIG;
  if (variable !== undefined && variable !== '') return variable;
  return existsSync(SYSTEM_CONFIG_FILE) ? SYSTEM_CONFIG_FILE : undefined;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason =
      code === 'ENOENT'
        ? 'this file does not exist; name another with --config, or leave it out to use the defaults'
        : code === 'EACCES'
          ? 'this file may not be read by the user that runs the kiosk'
          : `this file cannot be read (${code ?? 'unknown reason'})`;
    throw configError([{ path: '', message: reason, place: file }]);
  }
}

function validate(document: ConfigDocument, env: Environment, overrides: Readonly<Record<string, unknown>>): Config {
  const environment = readEnvironment(env);
  const faults: ConfigFault[] = [...document.faults, ...secretFaults(document), ...environment.faults];
  const data = merge(merge(document.data, environment.data), overrides);
  const result = configSchema.safeParse(data);
  const addFault = (path: readonly PropertyKey[], message: string): void => {
    const dotted = path.map(String).join('.');
    const place = environment.origins.get(dotted);
    if (place !== undefined) faults.push({ path: dotted, message, place });
    else if (has(overrides, path)) faults.push({ path: dotted, message, place: 'command line' });
    else faults.push({ path: dotted, message, ...document.position(path) });
  };
  for (const { path, message } of faultsOfPolicy(data.policy)) addFault(path, message);
  if (result.success && faults.length === 0) return result.data;
  const issues = result.success ? [] : result.error.issues;
  const wrongKind = new Set(issues.filter(({ code }) => code === 'invalid_type').map(({ path }) => path.join('.')));
  for (const issue of issues) {
    // How long or large something is says nothing where it is another kind of thing.
    if ((issue.code === 'too_big' || issue.code === 'too_small') && wrongKind.has(issue.path.join('.'))) continue;
    for (const { path, message } of explainIssue(issue, data, knownKeys)) {
      if (issue.code === 'unrecognized_keys' && isSecretPath(path)) continue;
      addFault(path, message);
    }
  }
  throw configError(faults);
}

/** What is wrong in a policy whose form is right; faults of its form are reported by the schema. */
function faultsOfPolicy(section: unknown): readonly { path: readonly PropertyKey[]; message: string }[] {
  const parsed = policySchema.safeParse(section ?? {});
  if (!parsed.success) return [];
  return policyFaults(policyOf(parsed.data)).map(({ path, message }) => ({
    path: path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
    message,
  }));
}

function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  let schema = configJsonSchema();
  for (const part of path) schema = schema.properties?.[String(part)] ?? schema.items ?? {};
  return Object.keys(schema.properties ?? {});
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function has(data: unknown, path: readonly PropertyKey[]): boolean {
  let value = data;
  for (const part of path) {
    if (!isRecord(value) || !(String(part) in value)) return false;
    value = value[String(part)];
  }
  return true;
}

/** Sections are merged, values of the upper one win; `undefined` counts as absent. */
function merge(
  lower: Readonly<Record<string, unknown>>,
  upper: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const out: Record<string, unknown> = { ...lower };
  for (const [key, value] of Object.entries(upper)) {
    if (value === undefined) continue;
    const below = out[key];
    out[key] = isRecord(below) && isRecord(value) ? merge(below, value) : value;
  }
  return out;
}
