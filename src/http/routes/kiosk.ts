import { readImage, readJson } from '../body.js';
import {
  chooseRequestSchema,
  chooseResponseSchema,
  enrolmentBegunSchema,
  enrolmentRequestSchema,
  enrolmentResultSchema,
  photoVerdictSchema,
  stateSchema,
} from '../contract.js';
import type { EventStream } from '../event-stream.js';
import type { HttpParts } from '../parts.js';
import { Refusal } from '../refusal.js';
import { empty, json, type Route } from '../route.js';
import { momentFor } from '../shown-to.js';
import type { VideoFeed } from '../video-feed.js';
import { statusFor } from './health.js';

const NOT_THE_CAMERA = 'Set camera.source to browser in the configuration to use the camera of the page.';

/** What is shown at the kiosk: state, live view, the answer of the person who is recognised. */
export function kioskRoutes(parts: HttpParts, events: EventStream, video: VideoFeed): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/state',
      rule: 'local',
      summary: 'What is shown now and the health of the parts.',
      answer: { status: 200, schema: stateSchema },
      handle: (exchange) =>
        json({
          moment: momentFor(parts.moment(), exchange.caller.from),
          status: statusFor(parts, exchange.caller),
        }),
    },
    {
      method: 'GET',
      path: '/api/v1/events',
      rule: 'local',
      summary: 'Server-sent events: `moment`, `status` (whole values) and `beat` every 5 s.',
      answer: { status: 200, stream: 'text/event-stream' },
      handle: ({ response, caller }) => {
        events.connect(response, caller.from);
        return { kind: 'taken' };
      },
    },
    {
      method: 'GET',
      path: '/video_feed',
      rule: 'local',
      summary: 'Live view with boxes as multipart MJPEG.',
      answer: { status: 200, stream: 'multipart/x-mixed-replace' },
      handle: ({ response }) => {
        video.connect(response);
        return { kind: 'taken' };
      },
    },
    {
      method: 'POST',
      path: '/api/v1/attempts/:id/direction',
      rule: 'local',
      summary: 'The recognised person presses in or out. Answers with what is shown now.',
      body: { json: chooseRequestSchema },
      answer: { status: 200, schema: chooseResponseSchema },
      handle: async ({ request, params, caller }) => {
        const { direction } = await readJson(request, chooseRequestSchema);
        return json({ moment: momentFor(await parts.choose(params.id!, direction), caller.from) });
      },
    },
    {
      method: 'POST',
      path: '/api/v1/camera/frames',
      rule: 'loopback',
      summary: "One JPEG of the page's own camera (camera.source: browser).",
      body: { images: ['image/jpeg'] },
      answer: { status: 204 },
      handle: async ({ request }) => {
        const frame = await readImage(request, ['image/jpeg']);
        if (parts.browserFrame(frame)) return empty;
        throw new Refusal(409, 'camera_not_browser', 'The browser is not the camera of this kiosk.', NOT_THE_CAMERA);
      },
    },
  ];
}

/** Guided enrolment of somebody new. */
export function enrolmentRoutes({ enrolment }: Pick<HttpParts, 'enrolment'>): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/api/v1/enrolments',
      rule: 'enrol',
      summary: 'Begins a guided enrolment: name and consent.',
      body: { json: enrolmentRequestSchema },
      answer: { status: 201, schema: enrolmentBegunSchema },
      handle: async ({ request, caller }) =>
        json(await enrolment.begin(await readJson(request, enrolmentRequestSchema), caller), 201),
    },
    {
      method: 'POST',
      path: '/api/v1/enrolments/:id/photos',
      rule: 'enrol',
      summary: 'Hands in one picture; it is accepted or refused with the reason.',
      body: { images: ['image/jpeg', 'image/png'] },
      answer: { status: 200, schema: photoVerdictSchema },
      handle: async ({ request, params }) =>
        json(await enrolment.addPhoto(params.id!, await readImage(request, ['image/jpeg', 'image/png']))),
    },
    {
      method: 'POST',
      path: '/api/v1/enrolments/:id/commit',
      rule: 'enrol',
      summary: 'Enrols the person, or nothing.',
      answer: { status: 201, schema: enrolmentResultSchema },
      handle: async ({ params }) => json(await enrolment.commit(params.id!), 201),
    },
    {
      method: 'DELETE',
      path: '/api/v1/enrolments/:id',
      rule: 'enrol',
      summary: 'Ends an enrolment; its pictures are forgotten.',
      answer: { status: 204 },
      handle: async ({ params }) => {
        await enrolment.cancel(params.id!);
        return empty;
      },
    },
  ];
}
