import { parse } from 'yaml';
import type { ConfigFault } from './fault-list.js';
import { type ConfigKey, configKeys, type JsonSchema, variableName } from './keys.js';
import { suggestion } from './suggestion.js';

/** Values of the environment, and which variable each path came from. */
export interface EnvironmentValues {
  readonly data: Readonly<Record<string, unknown>>;
  /** Dotted path → name of the variable. */
  readonly origins: ReadonlyMap<string, string>;
  readonly faults: readonly ConfigFault[];
}

/** Short form of VESTIBULE_STATE_DIRECTORY. */
const STATE_SHORT = 'VESTIBULE_STATE';

/**
 * Reads the overrides `VESTIBULE_<SECTION>__<KEY>`. The schema types them; an empty variable counts as not set. A
 * variable with `__` that belongs to no key is a fault, so that a slip of the pen does not pass silently.
 */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): EnvironmentValues {
  const data: Record<string, unknown> = {};
  const origins = new Map<string, string>();
  const faults: ConfigFault[] = [];
  const keys = configKeys();
  const put = (key: ConfigKey, variable: string, raw: string): void => {
    let target = data;
    for (const section of key.path.slice(0, -1)) {
      const inner = (target[section] ?? {}) as Record<string, unknown>;
      target[section] = inner;
      target = inner;
    }
    target[key.path.at(-1) ?? ''] = typed(key.schema, raw);
    origins.set(key.path.join('.'), variable);
  };
  const byVariable = new Map(keys.map((key) => [variableName(key.path), key]));
  const state = byVariable.get('VESTIBULE_STATE_DIRECTORY');
  const short = env[STATE_SHORT];
  if (state !== undefined && short !== undefined && short !== '') put(state, STATE_SHORT, short);
  for (const [variable, raw] of Object.entries(env)) {
    if (raw === undefined || raw === '' || !variable.startsWith('VESTIBULE_')) continue;
    const key = byVariable.get(variable);
    if (key !== undefined) put(key, variable, raw);
    else if (variable.includes('__')) {
      const hint = suggestion(variable, [...byVariable.keys()]);
      faults.push({
        path: '',
        message: `no key of the configuration belongs to this variable${hint}`,
        place: variable,
      });
    }
  }
  return { data, origins, faults };
}

/** The text of a variable as the type that its key wants; text that does not fit is left for the schema to refuse. */
function typed(schema: JsonSchema, raw: string): unknown {
  if (schema.anyOf !== undefined) {
    const number = numberOf(raw);
    return number !== undefined && schema.anyOf.some((one) => ['integer', 'number'].includes(one.type ?? ''))
      ? number
      : raw;
  }
  switch (schema.type) {
    case 'integer':
    case 'number':
      return numberOf(raw) ?? raw;
    case 'boolean':
      if (/^(true|yes|on|1)$/i.test(raw)) return true;
      return /^(false|no|off|0)$/i.test(raw) ? false : raw;
    case 'array':
      return listOf(raw);
    default:
      return raw;
  }
}

function numberOf(raw: string): number | undefined {
  const text = raw.trim();
  const number = Number(text);
  return text === '' || !Number.isFinite(number) ? undefined : number;
}

/** `[a, b]` in YAML, or words separated by commas. */
function listOf(raw: string): unknown {
  if (!raw.trim().startsWith('[')) return raw.split(',').map((part) => part.trim());
  try {
    return parse(raw, { maxAliasCount: 0 });
  } catch {
    return raw;
  }
}
