import type { SourceFile } from './faceapi-weights.js';
import { importDlibResnet } from './import-dlib-resnet.js';
import { importLandmarks68 } from './import-landmarks68.js';
import { importMinifasnet } from './import-minifasnet.js';
import { importTinyDetector } from './import-tiny-detector.js';
import type { ImporterId } from './manifest.js';
import { importOpenvinoIr } from './openvino-ir.js';
import { patchYunet } from './yunet-patch.js';

type Importer = (first: SourceFile, second: SourceFile) => Uint8Array;

const IMPORTER_CODE: Readonly<Record<ImporterId, Importer>> = {
  'faceapi-tiny-detector': importTinyDetector,
  'faceapi-landmarks-68': importLandmarks68,
  'faceapi-dlib-resnet': importDlibResnet,
  'openvino-ir': importOpenvinoIr,
  'yunet-any-size': (file) => patchYunet(file),
  minifasnet: (file) => importMinifasnet(file),
};

/** Makes one ONNX model from its source files in the order of the manifest's `from`. */
export function buildModel(importer: ImporterId, sources: readonly SourceFile[]): Uint8Array {
  return IMPORTER_CODE[importer](sources[0]!, sources[1] ?? sources[0]!);
}
