import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { EngineOnnx } from '../../src/adapters/engine-onnx.js';
import { EngineTfjs } from '../../src/adapters/engine-tfjs.js';
import type { Picture } from '../../src/domain/frame.js';
import type { MeasuredFrame } from '../../src/domain/liveness/measured-frame.js';
import type { BodyPose } from '../../src/domain/observation.js';
import { FaceMeshNet } from '../../src/vision/inference/face-mesh.js';
import { meshCropOfBox } from '../../src/vision/inference/mesh-crop.js';
import { MoveNet } from '../../src/vision/inference/movenet.js';
import { Yunet } from '../../src/vision/inference/yunet.js';
import { modelsDirectory } from '../packs/models-directory.js';

const humanModels = resolve(import.meta.dirname, '../../node_modules/@vladmandic/human/models');
const LONG_SIDE = 640;
/** As the kiosk detects faces. */
const DETECT_SIZE = 320;

/** The real networks for tests of geometry: face detector of the open pack, face mesh, points of the body. */
export class FaceMeshes {
  private readonly detector: Yunet;
  private readonly net: FaceMeshNet;
  private readonly moveNet: MoveNet;

  private constructor(detector: Yunet, net: FaceMeshNet, moveNet: MoveNet) {
    this.detector = detector;
    this.net = net;
    this.moveNet = moveNet;
  }

  static async load(): Promise<FaceMeshes> {
    const models = await modelsDirectory(['open']);
    try {
      const onnx = await EngineOnnx.load();
      const tfjs = await EngineTfjs.load();
      return new FaceMeshes(
        new Yunet(await onnx.load(join(models.path, 'open', 'yunet-2023mar-any-size.onnx')), DETECT_SIZE),
        new FaceMeshNet(await tfjs.load(join(humanModels, 'facemesh.json'))),
        new MoveNet(await tfjs.load(join(humanModels, 'movenet-lightning.json'))),
      );
    } finally {
      await models.remove();
    }
  }

  /** One picture as the gates read it; the mesh comes from the detector's box on every frame. */
  async measure(picture: Picture, at: number, body = false): Promise<MeasuredFrame> {
    const faces = (await this.detector.detect(picture)).sort((a, b) => b.box.width - a.box.width);
    const size = { at, width: picture.width, height: picture.height, faces: faces.length };
    const pose: BodyPose | undefined = body ? await this.moveNet.measure(picture) : undefined;
    const face = faces[0];
    const crop = face && meshCropOfBox(face.box, 'yunet');
    const mesh = crop && (await this.net.measure(picture, crop));
    if (face === undefined) return { ...size, ...(pose && { body: pose }) };
    const eyeDistancePx = Math.hypot(face.points[0].x - face.points[1].x, face.points[0].y - face.points[1].y);
    return { ...size, face: { track: 1, eyeDistancePx, yaw: 0, ...(mesh && { mesh }) }, ...(pose && { body: pose }) };
  }

  async dispose(): Promise<void> {
    await this.detector.dispose();
    await this.net.dispose();
    await this.moveNet.dispose();
  }
}

/** The pictures of a clip at `fps` frames of its own time, long side at most 640. */
export function clipPictures(file: string, fps: number): Picture[] {
  const probe = spawnSync(
    'ffprobe',
    ['-v', 'error', '-select_streams', 'v', '-show_entries', 'stream=width,height', '-of', 'csv=p=0', file],
    { encoding: 'utf8' },
  );
  const [w = 0, h = 0] = probe.stdout.trim().split(',').map(Number);
  const scale = Math.min(1, LONG_SIDE / Math.max(w, h));
  const width = Math.round(w * scale);
  const height = Math.round(h * scale);
  const filter = `fps=${fps},scale=${width}:${height}:flags=area`;
  const decoded = spawnSync(
    'ffmpeg',
    ['-v', 'error', '-i', file, '-an', '-vf', filter, '-f', 'rawvideo', '-pix_fmt', 'bgr24', 'pipe:1'],
    { maxBuffer: 1 << 30 },
  );
  if (decoded.status !== 0) throw new Error(`ffmpeg could not read ${file}: ${decoded.stderr}`);
  const bytes = width * height * 3;
  return Array.from({ length: Math.floor(decoded.stdout.length / bytes) }, (_, i) => ({
    width,
    height,
    bgr: new Uint8Array(decoded.stdout.subarray(i * bytes, (i + 1) * bytes)),
  }));
}

/** One photograph (JPEG or PNG) as a picture. */
export function photograph(file: string): Picture {
  const probe = spawnSync(
    'ffprobe',
    ['-v', 'error', '-select_streams', 'v', '-show_entries', 'stream=width,height', '-of', 'csv=p=0', file],
    { encoding: 'utf8' },
  );
  const [width = 0, height = 0] = probe.stdout.trim().split(',').map(Number);
  const decoded = spawnSync('ffmpeg', ['-v', 'error', '-i', file, '-f', 'rawvideo', '-pix_fmt', 'bgr24', 'pipe:1'], {
    maxBuffer: 1 << 28,
  });
  if (decoded.status !== 0) throw new Error(`ffmpeg could not read ${file}: ${decoded.stderr}`);
  return { width, height, bgr: new Uint8Array(decoded.stdout) };
}
