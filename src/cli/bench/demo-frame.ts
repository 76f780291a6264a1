/**
 * Draws what the demo camera shows, in a process of its own because it loads OpenCV, and prints one JSON line.
 * Started by the bench: `node demo-frame.js <folder>` writes `frame.rgb` and `frame.bgr`, one person before the kiosk at
 * 640x480; with `video` after the folder also `round.bgr`, one raw round of everybody's visits at 15 frames a second.
 */
import { once } from 'node:events';
import { createWriteStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { CameraDemo } from '../../adapters/camera-demo.js';
import { EngineOnnx } from '../../adapters/engine-onnx.js';
import { ImagingOpencv } from '../../adapters/imaging-opencv.js';
import { loadOpencv, OPENCV_ENVIRONMENT } from '../../adapters/opencv.js';

/** The first person of the demo stands still before the kiosk at this time. */
const STANDING_MS = 3500;
/** Every visit of the demo once. */
const ROUND_MS = 45_000;
const FPS = 15;

Object.assign(process.env, OPENCV_ENVIRONMENT);
const [folder = '', wanted] = process.argv.slice(2);
const cv = loadOpencv();
let now = 0;
const steered = { mono: () => now, after: () => () => {} };
const camera = new CameraDemo({ clock: steered, imaging: new ImagingOpencv(cv), fps: 1000 });

await camera.start();
now = STANDING_MS;
const { bytes } = await camera.read(1);
const rgb = Buffer.from(bytes);
for (let i = 0; i < rgb.length; i += 3) [rgb[i], rgb[i + 2]] = [rgb[i + 2] ?? 0, rgb[i] ?? 0];
writeFileSync(join(folder, 'frame.bgr'), bytes);
writeFileSync(join(folder, 'frame.rgb'), rgb);

if (wanted === 'video') {
  const out = createWriteStream(join(folder, 'round.bgr'));
  for (let frame = 1; frame <= (ROUND_MS * FPS) / 1000; frame++) {
    now = STANDING_MS + (frame * 1000) / FPS;
    const picture = await camera.read(1);
    if (!out.write(picture.bytes)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
}
const { name } = await EngineOnnx.load();
const { major, minor, revision } = cv.version;
process.stdout.write(`${JSON.stringify({ opencv: `${major}.${minor}.${revision}`, engine: name })}\n`);
process.exit(0);
