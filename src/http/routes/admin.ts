import { z } from 'zod';
import { daySchema, dayViewSchema, decisionsSchema, kioskStatusSchema } from '../contract.js';
import type { HttpParts } from '../parts.js';
import { queryValue } from '../query.js';
import { Refusal } from '../refusal.js';
import { json, type Route } from '../route.js';
import { statusFor } from './health.js';

const personIdSchema = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be the id of a person');

/** What staff look at: the day, the health, why somebody was refused. */
export function adminRoutes(parts: HttpParts): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/admin/today',
      rule: 'operator',
      summary: "Today's events by person.",
      answer: { status: 200, schema: dayViewSchema },
      handle: async () => json(await parts.today()),
    },
    {
      method: 'GET',
      path: '/api/v1/admin/status',
      rule: 'operator',
      summary: 'Health of the parts.',
      answer: { status: 200, schema: kioskStatusSchema },
      handle: ({ caller }) => json(statusFor(parts, caller)),
    },
    {
      method: 'GET',
      path: '/api/v1/admin/decisions',
      rule: 'operator',
      summary: 'Decisions of a day with their reasons, newest first; of one person where `person` is given.',
      query: { day: daySchema.exactOptional(), person: personIdSchema.exactOptional() },
      answer: { status: 200, schema: decisionsSchema },
      handle: async ({ query }) => {
        const person = queryValue(query, 'person', personIdSchema);
        const rows = await parts.decisions(queryValue(query, 'day', daySchema));
        return json({ decisions: person === undefined ? rows : rows.filter((row) => row.person?.id === person) });
      },
    },
  ];
}

export function nobody(): Refusal {
  return new Refusal(404, 'person_unknown', 'There is nobody of this id.', 'Look the person up in the list.');
}
