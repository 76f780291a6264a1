import type { z } from 'zod';
import { PURPOSES } from '../domain/decision.js';
import { suggestion } from './suggestion.js';

type Issue = z.core.$ZodIssue;

/** One finding of the schema as path and plain words. An unknown key becomes one finding of its own. */
export interface Finding {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/**
 * Says in plain words what zod found.
 * @param data what was validated, to name what stands there (type only, never the value)
 * @param knownKeys names that may stand in the section of a path
 */
export function explainIssue(
  issue: Issue,
  data: unknown,
  knownKeys: (path: readonly PropertyKey[]) => readonly string[],
): readonly Finding[] {
  const found = kindOf(valueAt(data, issue.path));
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...issue.path, key],
        message: `there is no such key${suggestion(key, knownKeys(issue.path))}`,
      }));
    case 'invalid_type':
      return [
        {
          path: issue.path,
          message: `${expectedWords(issue.expected)} must stand here, not ${found}${example(issue.expected, issue.path)}`,
        },
      ];
    case 'too_small':
      return [{ path: issue.path, message: bound(issue.origin, 'at least', issue.minimum) }];
    case 'too_big':
      return [{ path: issue.path, message: bound(issue.origin, 'at most', issue.maximum) }];
    case 'invalid_value':
      return [{ path: issue.path, message: `write one of: ${issue.values.map(String).join(', ')}` }];
    case 'invalid_union':
      return [{ path: issue.path, message: `write ${unionWords(issue.errors)}, not ${found}` }];
    default:
      return [{ path: issue.path, message: issue.message }];
  }
}

/** Brackets of a policy are easily forgotten. */
function example(expected: string, path: readonly PropertyKey[]): string {
  if (expected !== 'array' || !path.some((part) => PURPOSES.some((purpose) => purpose === part))) return '';
  return '; each way is a list of its own, for example [[password, otp], [badge, pin]]';
}

function bound(origin: string, words: string, limit: number | bigint): string {
  if (origin === 'string') return `must be ${words} ${limit} characters long`;
  if (origin === 'array') return `must have ${words} ${limit} entries`;
  return `must be ${words} ${limit}`;
}

function unionWords(errors: readonly (readonly Issue[])[]): string {
  const words = errors.map((issues) => {
    const first = issues[0];
    if (first?.code === 'invalid_value') return first.values.map(String).join(' or ');
    if (first?.code === 'invalid_type') return expectedWords(first.expected);
    if (first?.code === 'too_small')
      return `${first.origin === 'string' ? 'text that is not empty' : `a number from ${first.minimum}`}`;
    return first?.message ?? 'another value';
  });
  return [...new Set(words)].join(' or ');
}

function expectedWords(type: string): string {
  switch (type) {
    case 'int':
      return 'a whole number';
    case 'number':
      return 'a number';
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    case 'array':
      return 'a list';
    case 'object':
      return 'a section with keys';
    default:
      return type;
  }
}

function kindOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? 'a whole number' : 'a number with a fraction';
    case 'boolean':
      return 'true or false';
    case 'string':
      return 'text';
    default:
      return 'a section with keys';
  }
}

function valueAt(data: unknown, path: readonly PropertyKey[]): unknown {
  let value = data;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
