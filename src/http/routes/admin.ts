import { z } from 'zod';
import { type DecisionRow, daySchema, dayViewSchema, decisionsSchema, kioskStatusSchema } from '../contract.js';
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
      summary:
        'Decisions of a day with their reasons, newest first; of one person where `person` is given. Administrators see the records of liveness too.',
      query: { day: daySchema.exactOptional(), person: personIdSchema.exactOptional() },
      answer: { status: 200, schema: decisionsSchema },
      handle: async ({ query, caller }) => {
        const person = queryValue(query, 'person', personIdSchema);
        const all = await parts.decisions(queryValue(query, 'day', daySchema));
        const rows = caller.admin ? all : all.map(withoutEvidence);
        return json({ decisions: person === undefined ? rows : rows.filter((row) => row.person?.id === person) });
      },
    },
  ];
}

/** Measures of somebody's face and body are for administrators only. */
function withoutEvidence({ details, ...row }: DecisionRow): DecisionRow {
  if (details === undefined) return row;
  return { ...row, details: details.map(({ evidence: _evidence, ...factor }) => factor) };
}

export function nobody(): Refusal {
  return new Refusal(404, 'person_unknown', 'There is nobody of this id.', 'Look the person up in the list.');
}
