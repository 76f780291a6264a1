import { readJson } from '../body.js';
import {
  adminPeopleSchema,
  badgeSchema,
  correctionRowSchema,
  correctionsSchema,
  correctionVerdictSchema,
  invitationRequestSchema,
  invitationSchema,
  newPersonAnswerSchema,
  newPersonSchema,
  personChangeSchema,
} from '../contract-people.js';
import type { Caller } from '../parts.js';
import type { PeopleDesk } from '../parts-login.js';
import { Refusal } from '../refusal.js';
import { empty, json, type Route } from '../route.js';
import { nobody } from './admin.js';

/** Who did it, for the records: nobody's id for the admin code. */
const by = (caller: Caller): string | undefined => caller.session?.personId;

function administratorOnly(caller: Caller): void {
  if (caller.admin) return;
  throw new Refusal(403, 'not_permitted', 'Only an administrator may do that.', 'Ask an administrator.');
}

/** Administration of people and corrections. The desk itself looks at whom a call is about (docs/people.md). */
export function peopleRoutes(desk: PeopleDesk): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/admin/people',
      rule: 'operator',
      summary: 'Everybody, with factors, locks and open sessions.',
      answer: { status: 200, schema: adminPeopleSchema },
      handle: async () => json({ people: await desk.list() }),
    },
    {
      method: 'POST',
      path: '/api/v1/admin/people',
      rule: 'admin',
      summary: 'Adds a person; the answer holds the invitation code, once.',
      body: { json: newPersonSchema },
      answer: { status: 201, schema: newPersonAnswerSchema },
      handle: async ({ request, caller }) => {
        const person = await readJson(request, newPersonSchema);
        const { id, invitation } = await desk.add(person, by(caller));
        return json({ person: { id, name: person.name }, invitation }, 201);
      },
    },
    {
      method: 'POST',
      path: '/api/v1/admin/people/:id',
      rule: 'manager',
      summary: 'Changes name and number; role and active only as an administrator.',
      body: { json: personChangeSchema },
      answer: { status: 204 },
      handle: async ({ request, caller, params }) => {
        const change = await readJson(request, personChangeSchema);
        if (change.role !== undefined || change.active !== undefined) administratorOnly(caller);
        await desk.change(params.id!, change, by(caller));
        return empty;
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/admin/people/:id',
      rule: 'admin',
      summary: 'Removes a person with templates, factors and sessions.',
      answer: { status: 204 },
      handle: async ({ params }) => {
        if (await desk.remove(params.id!)) return empty;
        throw nobody();
      },
    },
    {
      method: 'POST',
      path: '/api/v1/admin/people/:id/invitation',
      rule: 'operator',
      summary: 'A one-time code to reset the factors; to register only as an administrator.',
      body: { json: invitationRequestSchema },
      answer: { status: 201, schema: invitationSchema },
      handle: async ({ request, caller, params }) => {
        const { kind } = await readJson(request, invitationRequestSchema);
        if (kind === 'register') administratorOnly(caller);
        return json(await desk.invite(params.id!, kind, by(caller)), 201);
      },
    },
    {
      method: 'POST',
      path: '/api/v1/admin/people/:id/unlock',
      rule: 'operator',
      summary: 'Forgets the wrong answers of a person.',
      answer: { status: 204 },
      handle: async ({ caller, params }) => {
        await desk.unlock(params.id!, by(caller));
        return empty;
      },
    },
    {
      method: 'POST',
      path: '/api/v1/admin/people/:id/badges',
      rule: 'admin',
      summary: 'Gives a person a badge.',
      body: { json: badgeSchema },
      answer: { status: 204 },
      handle: async ({ request, params }) => {
        const { badge, label } = await readJson(request, badgeSchema);
        await desk.addBadge(params.id!, badge, label);
        return empty;
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/admin/people/:id/badges/:badgeId',
      rule: 'admin',
      summary: 'Takes a badge away.',
      answer: { status: 204 },
      handle: async ({ params }) => {
        if (await desk.removeBadge(params.id!, params.badgeId!)) return empty;
        throw new Refusal(404, 'badge_unknown', 'There is no badge of this id.', 'Look the badge up in the list.');
      },
    },
    {
      method: 'GET',
      path: '/api/v1/admin/corrections',
      rule: 'manager',
      summary: 'Requests to correct attendance, newest first.',
      answer: { status: 200, schema: correctionsSchema },
      handle: async () => json({ corrections: await desk.corrections() }),
    },
    {
      method: 'POST',
      path: '/api/v1/admin/corrections/:id',
      rule: 'manager',
      summary: 'Approves or rejects a request.',
      body: { json: correctionVerdictSchema },
      answer: { status: 200, schema: correctionRowSchema },
      handle: async ({ request, caller, params }) =>
        json(await desk.judgeCorrection(params.id!, await readJson(request, correctionVerdictSchema), by(caller))),
    },
  ];
}
