import { readJson } from '../body.js';
import { daySchema } from '../contract.js';
import {
  correctionRequestSchema,
  correctionRowSchema,
  correctionsSchema,
  ownTimesSchema,
  passwordChangeSchema,
  pinChangeSchema,
  profileSchema,
  rangeSchema,
} from '../contract-people.js';
import type { Caller } from '../parts.js';
import type { OwnDesk, SessionFacts } from '../parts-login.js';
import { queryValue } from '../query.js';
import { Refusal } from '../refusal.js';
import { empty, json, type Route } from '../route.js';

/** The session that the guard of a rule with a session has let in. */
export function sessionOf(caller: Caller): SessionFacts {
  if (caller.session === undefined) throw new Error('route without the guard of a session');
  return caller.session;
}

/** A person's own page: who one is, own times, corrections, password and PIN. */
export function ownRoutes(own: OwnDesk): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/me',
      rule: 'self',
      summary: 'Who one is, which factors one has, what a registration still wants.',
      answer: { status: 200, schema: profileSchema },
      handle: async ({ caller }) => json(await own.profile(sessionOf(caller).personId)),
    },
    {
      method: 'GET',
      path: '/api/v1/me/times',
      rule: 'person',
      summary: 'Own times of the week or month that holds `day` (default today).',
      query: { range: rangeSchema.exactOptional(), day: daySchema.exactOptional() },
      answer: { status: 200, schema: ownTimesSchema },
      handle: async ({ caller, query }) => {
        const range = queryValue(query, 'range', rangeSchema) ?? 'week';
        return json(await own.times(sessionOf(caller).personId, range, queryValue(query, 'day', daySchema)));
      },
    },
    {
      method: 'GET',
      path: '/api/v1/me/corrections',
      rule: 'person',
      summary: 'Own requests to correct attendance, newest first.',
      answer: { status: 200, schema: correctionsSchema },
      handle: async ({ caller }) => json({ corrections: await own.corrections(sessionOf(caller).personId) }),
    },
    {
      method: 'POST',
      path: '/api/v1/me/corrections',
      rule: 'person',
      summary: 'Asks for a correction.',
      body: { json: correctionRequestSchema },
      answer: { status: 201, schema: correctionRowSchema },
      handle: async ({ request, caller }) => {
        const correction = await readJson(request, correctionRequestSchema);
        return json(await own.requestCorrection(sessionOf(caller).personId, correction), 201);
      },
    },
    {
      method: 'POST',
      path: '/api/v1/me/password',
      rule: 'person',
      summary: 'Another password; the present one is needed unless the session is fresh. Ends all other sessions.',
      body: { json: passwordChangeSchema },
      answer: { status: 204 },
      handle: async ({ request, caller }) => {
        const { current, next } = await readJson(request, passwordChangeSchema);
        const session = sessionOf(caller);
        if (!session.fresh && current === undefined) {
          throw new Refusal(
            403,
            'factors_missing',
            'The present password is missing.',
            'Enter the present password, or sign in again with two factors.',
          );
        }
        await own.changePassword(session, current, next);
        return empty;
      },
    },
    {
      method: 'POST',
      path: '/api/v1/me/pin',
      rule: 'self',
      summary: 'Sets a PIN; another one in place of it needs a fresh session.',
      replaces: { present: ({ pin }) => pin, freeInSetup: true },
      body: { json: pinChangeSchema },
      answer: { status: 204 },
      handle: async ({ request, caller }) => {
        const { pin } = await readJson(request, pinChangeSchema);
        await own.changePin(sessionOf(caller), pin);
        return empty;
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/me/pin',
      rule: 'person',
      summary: 'Takes the PIN away.',
      answer: { status: 204 },
      handle: async ({ caller }) => {
        await own.removePin(sessionOf(caller).personId);
        return empty;
      },
    },
  ];
}
