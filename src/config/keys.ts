import { z } from 'zod';
import { configSchema } from './schema.js';

/** The part of JSON Schema that the configuration uses. */
export interface JsonSchema {
  readonly $schema?: string;
  readonly title?: string;
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly restart?: boolean;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

/** One key of the configuration. */
export interface ConfigKey {
  /** Section and key, or the key alone on the top level. */
  readonly path: readonly string[];
  readonly schema: JsonSchema;
  /** False where a change is taken over while the kiosk runs. */
  readonly restart: boolean;
}

/**
 * JSON Schema of what may be written in the file. The default of `zone` is the zone of the machine, so it is left out:
 * the text is the same on every machine.
 */
export function configJsonSchema(): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(configSchema, { io: 'input' }) as JsonSchema;
  const properties: Record<string, JsonSchema> = {};
  for (const [name, schema] of Object.entries(rest.properties ?? {})) {
    if (name === 'zone') {
      const { default: _machine, ...portable } = schema;
      properties[name] = portable;
    } else properties[name] = schema;
  }
  return { ...($schema === undefined ? {} : { $schema }), title: 'Vestibule configuration', ...rest, properties };
}

/** Every key in the order of the schema. */
export function configKeys(): readonly ConfigKey[] {
  const keys: ConfigKey[] = [];
  for (const [name, schema] of Object.entries(configJsonSchema().properties ?? {})) {
    if (schema.properties === undefined) keys.push({ path: [name], schema, restart: schema.restart !== false });
    else
      for (const [key, inner] of Object.entries(schema.properties))
        keys.push({ path: [name, key], schema: inner, restart: inner.restart !== false });
  }
  return keys;
}

/** `embeddedPort` → `EMBEDDED_PORT`. */
function constantCase(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}

/** Name of the environment variable that overrides a key: `VESTIBULE_MQTT__EMBEDDED_PORT`. */
export function variableName(path: readonly string[]): string {
  return `VESTIBULE_${path.map(constantCase).join('__')}`;
}

/** What may stand at a key, in plain words: `whole number, 160 to 4096`. */
export function allowedWords(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.join(', ');
  if (schema.anyOf !== undefined)
    return schema.anyOf.map((one) => (one.const === undefined ? allowedWords(one) : String(one.const))).join(' or ');
  switch (schema.type) {
    case 'integer':
      return `whole number${range(schema)}`;
    case 'number':
      return `number${range(schema)}`;
    case 'boolean':
      return 'true or false';
    case 'array':
      return schema.items?.properties === undefined
        ? 'list of text'
        : `list of {${Object.keys(schema.items.properties).join(', ')}}`;
    default:
      return 'text';
  }
}

function range(schema: JsonSchema): string {
  const least = schema.minimum;
  const most = schema.maximum === Number.MAX_SAFE_INTEGER ? undefined : schema.maximum;
  if (least !== undefined && most !== undefined) return `, ${least} to ${most}`;
  if (least !== undefined) return `, ${least} or more`;
  return most === undefined ? '' : `, at most ${most}`;
}
