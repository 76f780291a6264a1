import { readImage, readJson } from './body.js';
import {
  chooseRequestSchema,
  chooseResponseSchema,
  daySchema,
  dayViewSchema,
  decisionsSchema,
  enrolmentBegunSchema,
  enrolmentRequestSchema,
  enrolmentResultSchema,
  healthSchema,
  kioskStatusSchema,
  peopleSchema,
  photoVerdictSchema,
  readinessSchema,
  stateSchema,
} from './contract.js';
import type { EventStream } from './event-stream.js';
import type { HttpParts } from './parts.js';
import { Refusal } from './refusal.js';
import type { Answer, Exchange, Route } from './route.js';
import type { VideoFeed } from './video-feed.js';

const json = (body: object, status = 200): Answer => ({ kind: 'json', status, body });
const empty: Answer = { kind: 'empty', status: 204 };
const NOT_THE_CAMERA = 'Set camera.source to browser in the configuration to use the camera of the page.';

/** The value of `day`, or undefined when it is not given. */
function dayOf(exchange: Exchange): string | undefined {
  const given = exchange.query.get('day');
  if (given === null) return undefined;
  const parsed = daySchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new Refusal(400, 'input_invalid', 'day: must be YYYY-MM-DD', 'Correct the request as the message says.');
}

/** Every route of the API with its rule. What is not in this table (or a file of the page) does not exist. */
export function apiRoutes(parts: HttpParts, events: EventStream, video: VideoFeed): readonly Route[] {
  const { enrolment, people } = parts;
  const statusFor = (exchange: Exchange) => ({
    ...parts.status(),
    enrolmentAllowed: enrolment.allowed(exchange.caller),
  });
  return [
    {
      method: 'GET',
      path: '/healthz',
      rule: 'public',
      summary: 'The daemon answers.',
      answer: { status: 200, schema: healthSchema },
      handle: () => json({ ok: true }),
    },
    {
      method: 'GET',
      path: '/readyz',
      rule: 'public',
      summary: 'Camera, vision and storage work; 503 otherwise.',
      answer: { status: 200, schema: readinessSchema },
      handle: () => {
        const status = parts.status();
        const ready = {
          vision: status.vision.process === 'running',
          camera: status.camera.state === 'running',
          storage: status.storage.ok,
        };
        const ok = ready.vision && ready.camera && ready.storage;
        return json({ ok, parts: ready }, ok ? 200 : 503);
      },
    },
    {
      method: 'GET',
      path: '/api/v1/state',
      rule: 'local',
      summary: 'What is shown now and the health of the parts.',
      answer: { status: 200, schema: stateSchema },
      handle: (exchange) => json({ moment: parts.moment(), status: statusFor(exchange) }),
    },
    {
      method: 'GET',
      path: '/api/v1/events',
      rule: 'local',
      summary: 'Server-sent events: `moment`, `status` (whole values) and `beat` every 5 s.',
      answer: { status: 200, stream: 'text/event-stream' },
      handle: ({ response }) => {
        events.connect(response);
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
      handle: async ({ request, params }) => {
        const { direction } = await readJson(request, chooseRequestSchema);
        return json({ moment: await parts.choose(params.id!, direction) });
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
    {
      method: 'GET',
      path: '/api/v1/admin/today',
      rule: 'admin',
      summary: "Today's events by person.",
      answer: { status: 200, schema: dayViewSchema },
      handle: async () => json(await parts.today()),
    },
    {
      method: 'GET',
      path: '/api/v1/admin/status',
      rule: 'admin',
      summary: 'Health of the parts.',
      answer: { status: 200, schema: kioskStatusSchema },
      handle: (exchange) => json(statusFor(exchange)),
    },
    {
      method: 'GET',
      path: '/api/v1/admin/decisions',
      rule: 'admin',
      summary: 'Decisions of a day with their reasons, newest first.',
      query: { day: daySchema.exactOptional() },
      answer: { status: 200, schema: decisionsSchema },
      handle: async (exchange) => json({ decisions: await parts.decisions(dayOf(exchange)) }),
    },
    {
      method: 'GET',
      path: '/api/v1/admin/people',
      rule: 'admin',
      summary: 'Everybody who is enrolled.',
      answer: { status: 200, schema: peopleSchema },
      handle: async () => json({ people: await people.list() }),
    },
    {
      method: 'DELETE',
      path: '/api/v1/admin/people/:id',
      rule: 'admin',
      summary: 'Removes a person and the templates.',
      answer: { status: 204 },
      handle: async ({ params }) => {
        if (await people.remove(params.id!)) return empty;
        throw new Refusal(404, 'person_unknown', 'There is nobody of this id.', 'Look the person up in the list.');
      },
    },
  ];
}
