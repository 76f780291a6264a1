import { LivenessFactor } from '../../src/auth/factors/liveness.js';
import type { LivenessReason } from '../../src/domain/liveness/gate.js';
import { LivenessRun } from '../../src/domain/liveness/liveness-run.js';
import { livenessRunsContract } from '../contracts/liveness-runs.js';
import { enrolledState } from '../fakes/enrolled.js';
import { FakeLiveness } from '../fakes/fake-liveness.js';
import { LENS, LiveCamera, NETWORKS, scoredFace } from '../support/live-frames.js';

livenessRunsContract('real', async () => {
  const kiosk = await enrolledState();
  await kiosk.vision.start();
  kiosk.vision.setStatus({ networks: NETWORKS });
  const { id: personId } = await kiosk.enrol(1, 'Ada');
  const camera = new LiveCamera(kiosk);
  let refused: LivenessReason | undefined;
  const runs = new LivenessFactor({
    ...kiosk,
    cameraStanding: () => ({ ...LENS, ...(refused && { refused }) }),
    newRun: (order, at) => new LivenessRun(order, at),
    judgePose: () => ({ frames: 0, seconds: 0, state: 'unavailable', reason: 'body_not_seen' }),
    frameIntervalMs: 66,
    onFault: (fault) => {
      throw fault;
    },
  });
  runs.faceInSight();
  camera.show([scoredFace(1)]);
  return {
    runs,
    personId,
    pass: async () => void (await camera.until([scoredFace(1)], () => false, 30)),
    refuse: (reason) => {
      refused = reason;
    },
    leave: () => kiosk.clock.advance(5000),
    dispose: () => kiosk.dispose(),
  };
});

livenessRunsContract('fake', async () => {
  const runs = new FakeLiveness(() => 1000);
  return {
    runs,
    personId: 'p_ada',
    pass: async () => runs.finish('passed'),
    refuse: (reason) => {
      runs.reason = reason;
    },
    leave: () => {
      runs.inSight = false;
    },
    dispose: async () => {},
  };
});
