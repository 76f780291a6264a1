import { z } from 'zod';
import { CAMERA_KINDS } from '../auth/camera-standing.js';
import { LIVENESS_REASONS } from '../domain/liveness/gate.js';

const deviceSchema = z.object({
  busPath: z.string().describe('Socket that it is plugged into.'),
  model: z.string().describe('vendor:product of USB, or the name of the sensor.'),
  driver: z.string(),
  virtual: z.boolean().describe('Made by software.'),
});

/** Which camera counts for liveness, and which one runs. */
export const cameraPinSchema = z.object({
  standing: z.object({
    kind: z.enum(CAMERA_KINDS),
    demo: z.boolean().describe('It counts only because liveness.camera is demo.'),
    refused: z.enum(LIVENESS_REASONS).exactOptional().describe('Why it does not count for liveness.'),
  }),
  pinned: deviceSchema.exactOptional(),
  pinnedAt: z.string().exactOptional().describe('RFC 3339 UTC.'),
  camera: z
    .object({
      kind: z.enum(['opencv', 'rpicam', 'raspistill', 'browser', 'demo']),
      source: z.string(),
      recorded: z.boolean(),
      device: deviceSchema.exactOptional(),
    })
    .exactOptional()
    .describe('The camera that runs; absent while none does.'),
});
export type WireCameraPin = z.infer<typeof cameraPinSchema>;
