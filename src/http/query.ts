import type { z } from 'zod';
import { Refusal } from './refusal.js';

/** One value of the query, checked; undefined when it is not given. */
export function queryValue<T>(query: URLSearchParams, name: string, schema: z.ZodType<T>): T | undefined {
  const given = query.get(name);
  if (given === null) return undefined;
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const why = parsed.error.issues.map(({ message }) => message).join('; ');
  throw new Refusal(400, 'input_invalid', `${name}: ${why}`, 'Correct the request as the message says.');
}
