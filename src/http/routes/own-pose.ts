import { readJson } from '../body.js';
import { faceBeginSchema, poseSetupSchema } from '../contract-people.js';
import type { OwnDesk } from '../parts-login.js';
import { empty, json, type Route } from '../route.js';
import { sessionOf } from './own.js';

/** Setting up how one moves: takes of the same gesture before the kiosk's own camera. */
export function ownPoseRoutes(own: OwnDesk): readonly Route[] {
  const replaces: NonNullable<Route['replaces']> = { present: ({ pose }) => pose, freeInSetup: true };
  return [
    {
      method: 'POST',
      path: '/api/v1/me/pose',
      rule: 'self',
      kioskOnly: true,
      summary: 'Begins to set up body motion; consent is given with it.',
      replaces,
      body: { json: faceBeginSchema },
      answer: { status: 201, schema: poseSetupSchema },
      handle: async ({ request, caller }) => {
        const { consent } = await readJson(request, faceBeginSchema);
        const { textVersion, language } = consent;
        return json(await own.beginPose(sessionOf(caller).personId, { textVersion, language }), 201);
      },
    },
    {
      method: 'GET',
      path: '/api/v1/me/pose/:id',
      rule: 'self',
      kioskOnly: true,
      summary: 'Where the set-up of body motion stands.',
      answer: { status: 200, schema: poseSetupSchema },
      handle: async ({ caller, params }) => json(await own.poseSetup(sessionOf(caller).personId, params.id!)),
    },
    {
      method: 'POST',
      path: '/api/v1/me/pose/:id/take',
      rule: 'self',
      kioskOnly: true,
      summary: 'Begins one take. The signature is stored with the last take that counts.',
      replaces,
      answer: { status: 200, schema: poseSetupSchema },
      handle: async ({ caller, params }) => json(await own.takePose(sessionOf(caller).personId, params.id!)),
    },
    {
      method: 'DELETE',
      path: '/api/v1/me/pose/:id',
      rule: 'self',
      kioskOnly: true,
      summary: 'Ends the set-up; its takes are forgotten.',
      answer: { status: 204 },
      handle: async ({ caller, params }) => {
        await own.cancelPose(sessionOf(caller).personId, params.id!);
        return empty;
      },
    },
    {
      method: 'DELETE',
      path: '/api/v1/me/pose',
      rule: 'person',
      summary: 'Deletes the pose signature.',
      answer: { status: 204 },
      handle: async ({ caller }) => {
        await own.removePose(sessionOf(caller).personId);
        return empty;
      },
    },
  ];
}
