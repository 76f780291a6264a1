import { readImage, readJson } from '../body.js';
import { enrolmentBegunSchema, enrolmentResultSchema, photoVerdictSchema } from '../contract.js';
import {
  badgeSchema,
  codeSchema,
  contactBegunSchema,
  contactSchema,
  faceBeginSchema,
  recoveryCodesSchema,
  totpBegunSchema,
} from '../contract-people.js';
import type { OwnDesk } from '../parts-login.js';
import { Refusal } from '../refusal.js';
import { empty, json, type Route } from '../route.js';
import { sessionOf } from './own.js';

/** The factors of one's own that a stolen page must not be able to exchange (docs/adr/0087). */
export function ownFactorRoutes(own: OwnDesk): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/api/v1/me/totp',
      rule: 'self',
      summary: 'A secret for an authenticator; in force once a code of it is confirmed.',
      replaces: { present: ({ totp }) => totp, freeInSetup: true },
      answer: { status: 200, schema: totpBegunSchema },
      handle: async ({ caller }) => json(await own.beginTotp(sessionOf(caller).personId)),
    },
    {
      method: 'POST',
      path: '/api/v1/me/totp/confirm',
      rule: 'self',
      summary: 'Puts the authenticator in force.',
      replaces: { present: ({ totp }) => totp, freeInSetup: true },
      body: { json: codeSchema },
      answer: { status: 204 },
      handle: async ({ request, caller }) => {
        const { code } = await readJson(request, codeSchema);
        await own.confirmTotp(sessionOf(caller).personId, code);
        return empty;
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/me/totp',
      rule: 'fresh',
      summary: 'Takes the authenticator away.',
      answer: { status: 204 },
      handle: async ({ caller }) => {
        await own.removeTotp(sessionOf(caller).personId);
        return empty;
      },
    },
    ...contactRoutes(own, 'phone'),
    ...contactRoutes(own, 'email'),
    {
      method: 'POST',
      path: '/api/v1/me/recovery-codes',
      rule: 'first',
      summary: 'New recovery codes, shown once; the former ones are void.',
      replaces: { present: ({ recoveryCodesLeft }) => recoveryCodesLeft > 0, freeInSetup: true },
      answer: { status: 201, schema: recoveryCodesSchema },
      handle: async ({ caller }) => json({ codes: await own.newRecoveryCodes(sessionOf(caller).personId) }, 201),
    },
    {
      method: 'POST',
      path: '/api/v1/me/badges',
      rule: 'fresh',
      summary: 'Adds a badge.',
      body: { json: badgeSchema },
      answer: { status: 204 },
      handle: async ({ request, caller }) => {
        const { badge, label } = await readJson(request, badgeSchema);
        await own.addBadge(sessionOf(caller).personId, badge, label);
        return empty;
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/me/badges/:id',
      rule: 'fresh',
      summary: 'Takes a badge away.',
      answer: { status: 204 },
      handle: async ({ caller, params }) => {
        if (await own.removeBadge(sessionOf(caller).personId, params.id!)) return empty;
        throw new Refusal(404, 'badge_unknown', 'There is no badge of this id.', 'Look the badge up in the list.');
      },
    },
    ...faceRoutes(own),
  ];
}

function contactRoutes(own: OwnDesk, kind: 'phone' | 'email'): readonly Route[] {
  const what = kind === 'phone' ? 'telephone number' : 'mail address';
  // A number or address is only exchanged by two fresh factors, in a reset too: somebody else may hold the invitation.
  const confirmed: NonNullable<Route['replaces']> = {
    present: (factors) => factors[kind]?.confirmed === true,
    freeInSetup: false,
  };
  return [
    {
      method: 'POST',
      path: `/api/v1/me/${kind}`,
      rule: 'first',
      summary: `Sends a code to a new ${what}; in force once the code is confirmed.`,
      replaces: confirmed,
      body: { json: contactSchema },
      answer: { status: 200, schema: contactBegunSchema },
      handle: async ({ request, caller }) => {
        const { destination } = await readJson(request, contactSchema);
        return json(await own.beginContact(sessionOf(caller).personId, kind, destination));
      },
    },
    {
      method: 'POST',
      path: `/api/v1/me/${kind}/confirm`,
      rule: 'first',
      summary: `Puts the ${what} in force.`,
      replaces: confirmed,
      body: { json: codeSchema },
      answer: { status: 204 },
      handle: async ({ request, caller }) => {
        const { code } = await readJson(request, codeSchema);
        await own.confirmContact(sessionOf(caller).personId, kind, code);
        return empty;
      },
    },
    {
      method: 'DELETE',
      path: `/api/v1/me/${kind}`,
      rule: 'fresh',
      summary: `Takes the ${what} away.`,
      answer: { status: 204 },
      handle: async ({ caller }) => {
        await own.removeContact(sessionOf(caller).personId, kind);
        return empty;
      },
    },
  ];
}

function faceRoutes(own: OwnDesk): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/api/v1/me/face',
      rule: 'self',
      kioskOnly: true,
      summary: 'Begins to set up the face; consent is given with it.',
      replaces: { present: ({ face }) => face, freeInSetup: true },
      body: { json: faceBeginSchema },
      answer: { status: 201, schema: enrolmentBegunSchema },
      handle: async ({ request, caller }) => {
        const { consent } = await readJson(request, faceBeginSchema);
        const { textVersion, language } = consent;
        return json(await own.beginFace(sessionOf(caller).personId, { textVersion, language }), 201);
      },
    },
    {
      method: 'POST',
      path: '/api/v1/me/face/:id/photos',
      rule: 'self',
      kioskOnly: true,
      summary: 'Hands in one picture; it is accepted or refused with the reason.',
      body: { images: ['image/jpeg', 'image/png'] },
      answer: { status: 200, schema: photoVerdictSchema },
      handle: async ({ request, caller, params }) => {
        const picture = await readImage(request, ['image/jpeg', 'image/png']);
        return json(await own.addFacePhoto(sessionOf(caller).personId, params.id!, picture));
      },
    },
    {
      method: 'POST',
      path: '/api/v1/me/face/:id/commit',
      rule: 'self',
      kioskOnly: true,
      summary: 'Stores the face, or nothing.',
      replaces: { present: ({ face }) => face, freeInSetup: true },
      answer: { status: 201, schema: enrolmentResultSchema },
      handle: async ({ caller, params }) => json(await own.commitFace(sessionOf(caller).personId, params.id!), 201),
    },
    {
      method: 'DELETE',
      path: '/api/v1/me/face/:id',
      rule: 'self',
      kioskOnly: true,
      summary: 'Ends the set-up; its pictures are forgotten.',
      answer: { status: 204 },
      handle: async ({ caller, params }) => {
        await own.cancelFace(sessionOf(caller).personId, params.id!);
        return empty;
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/me/face',
      rule: 'person',
      summary: 'Withdraws the consent: everything computed from the face is deleted.',
      answer: { status: 204 },
      handle: async ({ caller }) => {
        await own.removeFace(sessionOf(caller).personId);
        return empty;
      },
    },
  ];
}
