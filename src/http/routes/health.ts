import { healthSchema, type KioskStatus, readinessSchema } from '../contract.js';
import type { Caller, HttpParts } from '../parts.js';
import { json, type Route } from '../route.js';

/** Health of the parts as this caller may use them. */
export function statusFor(parts: Pick<HttpParts, 'status' | 'enrolment'>, caller: Caller): KioskStatus {
  return { ...parts.status(), enrolmentAllowed: parts.enrolment.allowed(caller) };
}

/** For supervisors and load balancers. */
export function healthRoutes(parts: Pick<HttpParts, 'status'>): readonly Route[] {
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
  ];
}
