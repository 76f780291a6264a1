import { CameraDevices } from '../../adapters/camera-device.js';
import { foundCamera } from '../../adapters/camera-found.js';
import { SystemCameraProbe } from '../../adapters/camera-probe.js';
import { resolveSource } from '../../adapters/camera-source.js';
import { judgeCamera, pinnableDevice } from '../../auth/camera-standing.js';
import { faceAlone } from '../../auth/face-alone.js';
import { missingNetwork, takesPose } from '../../auth/factors/liveness-order.js';
import type { Config } from '../../config/schema.js';
import { PURPOSES } from '../../domain/decision.js';
import type { LivenessLevel } from '../../domain/liveness/evidence.js';
import { factorsOf } from '../../domain/policy.js';
import { policyOf } from '../../domain/policy-written.js';
import { modelsDirectory } from '../../packs/models-directory.js';
import type { CameraIdentity, CameraSource } from '../../ports/camera.js';
import type { MeasureNetworks } from '../../ports/vision.js';
import { MeasureNetworkLoader } from '../../vision/measure/networks.js';
import { storedPin } from '../liveness-camera.js';
import { standingWords } from '../liveness-words.js';
import { type Check, type Finding, fail, ok, warn } from './finding.js';

type Asked = Readonly<Record<'liveness' | 'pose', readonly LivenessLevel[]>>;

const PULL = 'Run: vestibule models pull';

/** Whether liveness and pose can pass as the policy asks for them. */
export const livenessCheck: Check = {
  name: 'liveness',
  run: async ({ config }) => {
    const asked = askedOf(config);
    const { source } = await resolveSource(config.camera, new SystemCameraProbe());
    const alone = faceAlone(policyOf(config.policy), source);
    const photographs = alone === undefined ? [] : [warn(alone.text, alone.mend)];
    if (asked.liveness.length + asked.pose.length === 0)
      return photographs.length > 0 ? photographs : [ok('the policy asks for neither liveness nor pose')];
    return [
      ...networkFindings(config, asked, await installedNetworks(config)),
      ...(await cameraFindings(config, source)),
      ...lightFindings(config, asked),
      ...photographs,
    ];
  },
};

/** Levels at which the policy asks for each factor; empty where it does not. */
function askedOf(config: Config): Asked {
  const { base, rules } = policyOf(config.policy);
  const asked = { liveness: new Set<LivenessLevel>(), pose: new Set<LivenessLevel>() };
  for (const purpose of PURPOSES)
    for (const kind of [base, ...rules.map(({ purposes }) => purposes)]
      .flatMap((one) => one[purpose] ?? [])
      .flatMap(factorsOf)) {
      if (kind === 'liveness') asked.liveness.add(config.liveness[purpose]);
      if (kind === 'pose') asked.pose.add('full');
    }
  return { liveness: [...asked.liveness], pose: [...asked.pose] };
}

async function installedNetworks(config: Config): Promise<MeasureNetworks> {
  const engine = () => Promise.reject(new Error('This check loads no network.'));
  const loader = new MeasureNetworkLoader({
    modelsDirectory: modelsDirectory(config.stateDirectory),
    onnx: engine,
    tfjs: engine,
    // The check of the packs names damaged files.
    onFault: () => undefined,
  });
  return loader.available();
}

/** What is missing of what the policy asks for. @param networks those that are installed and undamaged */
export function networkFindings(
  { liveness }: Pick<Config, 'liveness'>,
  asked: Asked,
  networks: MeasureNetworks,
): Finding[] {
  const findings: Finding[] = [];
  if (asked.liveness.length > 0 && networks.passive === undefined)
    findings.push(
      fail(
        'the policy asks for liveness, but the passive networks are not installed (they come with the pack open): the factor cannot pass.',
        `${PULL} open. Without them a policy can only ask for the factor pose, which is weaker: a replay that shows the right movement passes it.`,
      ),
    );
  const active = [...asked.liveness, ...asked.pose].includes('full');
  if (active && networks.mesh === undefined)
    findings.push(
      fail(
        'the policy asks for the challenge, but the pack motion is not installed: it cannot pass.',
        `${PULL} motion`,
      ),
    );
  else if (active && networks.body === undefined)
    findings.push(
      warn(
        'the network of the body is not usable: hand and lean actions are left out of the challenge.',
        `${PULL} motion`,
      ),
    );
  if (asked.pose.length > 0 && takesPose(liveness, 'pose') && networks.body === undefined)
    findings.push(
      fail(
        'the factor pose asks for a gesture, but the network of the body is not usable: it cannot pass.',
        `${PULL} motion`,
      ),
    );
  const blocked = (['liveness', 'pose'] as const).some((factor) =>
    asked[factor].some((level) => missingNetwork(liveness, factor, level, networks) !== undefined),
  );
  if (blocked && findings.every(({ level }) => level !== 'fail'))
    findings.push(
      fail('too few actions are left for a challenge: it cannot pass.', 'Allow more of them under liveness.actions.'),
    );
  if (findings.length === 0) findings.push(ok('every network that the policy needs is installed'));
  return findings;
}

async function cameraFindings(config: Config, source: CameraSource): Promise<Finding[]> {
  return standingFindings(config, await foundCamera(source, new CameraDevices(new SystemCameraProbe())));
}

/** @param camera the camera that is there */
export async function standingFindings(config: Config, camera: CameraIdentity | undefined): Promise<Finding[]> {
  const { pinned } = await storedPin(config);
  const standing = judgeCamera(camera, pinned ?? undefined, config.liveness.camera);
  const words = standingWords(standing, pinned !== null);
  const findings: Finding[] = [];
  if (config.liveness.camera === 'demo')
    findings.push(
      warn(
        'liveness.camera is demo: recordings and any camera count for liveness, which then proves nothing.',
        'Set liveness.camera to pinned before anybody relies on it.',
      ),
    );
  if (standing.refused === undefined) return standing.demo ? findings : [...findings, ok(words)];
  if (standing.refused === 'camera_lost')
    return [...findings, warn(words, 'Plug the camera in, or name it under camera.source.')];
  if (standing.refused === 'camera_changed')
    return [...findings, fail(words, 'If it was exchanged on purpose, run: vestibule liveness camera --pin')];
  // A lens that nothing is compared with yet.
  if (pinnableDevice(camera) !== undefined) return [...findings, ok(words)];
  return [
    ...findings,
    fail(words, 'Use a USB camera or a sensor of this machine, or set liveness.camera to demo to try things out.'),
  ];
}

function lightFindings({ liveness }: Config, asked: Asked): Finding[] {
  if (!liveness.light || ![...asked.liveness, ...asked.pose].includes('full')) return [];
  return [
    warn(
      'liveness.light is on: its thresholds are design values and were never measured on people.',
      'Record sessions with `vestibule record-liveness --light` and look at `vestibule eval liveness`, or set it to false.',
    ),
  ];
}
