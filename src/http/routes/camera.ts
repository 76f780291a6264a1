import { cameraPinSchema } from '../contract-camera.js';
import type { CameraDesk } from '../parts.js';
import { json, type Route } from '../route.js';

/** Which camera counts for liveness (docs/liveness.md "Camera"). */
export function cameraRoutes(desk: CameraDesk): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/admin/camera',
      rule: 'admin',
      summary: 'The camera that counts for liveness, and the one that runs.',
      answer: { status: 200, schema: cameraPinSchema },
      handle: () => json(desk.view()),
    },
    {
      method: 'POST',
      path: '/api/v1/admin/camera/pin',
      rule: 'admin',
      summary: 'From now on the camera that runs counts for liveness.',
      answer: { status: 200, schema: cameraPinSchema },
      handle: async () => json(await desk.pin()),
    },
  ];
}
