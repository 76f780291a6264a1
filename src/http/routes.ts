import { z } from 'zod';
import type { EventStream } from './event-stream.js';
import { openApiDocument } from './openapi.js';
import type { HttpParts } from './parts.js';
import { json, type Route } from './route.js';
import { adminRoutes } from './routes/admin.js';
import { attemptRoutes } from './routes/attempts.js';
import { cameraRoutes } from './routes/camera.js';
import { healthRoutes } from './routes/health.js';
import { enrolmentRoutes, kioskRoutes } from './routes/kiosk.js';
import { ownRoutes } from './routes/own.js';
import { ownFactorRoutes } from './routes/own-factors.js';
import { ownPoseRoutes } from './routes/own-pose.js';
import { peopleRoutes } from './routes/people.js';
import { registrationRoutes } from './routes/registration.js';
import { sessionRoutes } from './routes/session.js';
import type { VideoFeed } from './video-feed.js';

/** Every route of the API with its rule. What is not in this table (or a page of the router) does not exist. */
export function apiRoutes(parts: HttpParts, events: EventStream, video: VideoFeed): readonly Route[] {
  const { login } = parts;
  let document: object | undefined;
  const routes: readonly Route[] = [
    ...healthRoutes(parts),
    {
      method: 'GET',
      path: '/api/v1/openapi.json',
      rule: 'public',
      summary: 'This document.',
      answer: { status: 200, schema: z.looseObject({ openapi: z.string() }) },
      handle: () => {
        document ??= openApiDocument(routes);
        return json(document);
      },
    },
    ...kioskRoutes(parts, events, video),
    ...enrolmentRoutes(parts),
    ...attemptRoutes(login, parts.clock),
    ...sessionRoutes(login),
    ...registrationRoutes(login, parts.clock),
    ...ownRoutes(login.own),
    ...ownFactorRoutes(login.own),
    ...ownPoseRoutes(login.own),
    ...adminRoutes(parts),
    ...cameraRoutes(parts.camera),
    ...peopleRoutes(login.administration),
  ];
  return routes;
}
