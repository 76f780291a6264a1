import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VestibuleError } from '../../src/domain/errors.js';
import { readFaceapiWeights, type SourceFile } from '../../src/packs/faceapi-weights.js';
import { buildModel } from '../../src/packs/importers.js';
import { packManifest, parseManifest, readManifest } from '../../src/packs/manifest.js';
import { OnnxWriter } from '../../src/packs/onnx-writer.js';
import { halfToNumber } from '../../src/packs/openvino-constant.js';
import { packHash, sha256Hex } from '../../src/packs/pack-hash.js';
import { hasOpenPack, SHARED_MODELS } from './models-directory.js';

const require = createRequire(import.meta.url);
const coreFolder = join(dirname(require.resolve('@vladmandic/face-api/package.json')), 'model');

function sourcesOf(packId: string, buildName: string): SourceFile[] {
  const folder = packId === 'core' ? coreFolder : join(SHARED_MODELS, packId);
  const build = packManifest(packId).builds.find(({ name }) => name === buildName)!;
  return build.from.map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(folder, name))) }));
}

function faultOf(work: () => unknown): VestibuleError {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof VestibuleError) return thrown;
    throw thrown;
  }
  throw new Error('nothing was refused');
}

const edited = (file: SourceFile, edit: (text: string) => string): SourceFile => ({
  name: file.name,
  bytes: new TextEncoder().encode(edit(new TextDecoder().decode(file.bytes))),
});

describe('importers', () => {
  for (const pack of readManifest().packs) {
    for (const build of pack.builds) {
      it.skipIf(pack.id === 'open' && !hasOpenPack)(`builds ${build.name} to the pinned bytes`, () => {
        const bytes = buildModel(build.importer, sourcesOf(pack.id, build.name));
        expect(sha256Hex(bytes)).toBe(build.sha256);
      });

      it.skipIf(pack.id === 'open' && !hasOpenPack)(`refuses a truncated source of ${build.name} by its name`, () => {
        const sources = sourcesOf(pack.id, build.name);
        const last = sources.at(-1)!;
        const cut = { name: last.name, bytes: last.bytes.subarray(0, last.bytes.length - 100) };
        const fault = faultOf(() => buildModel(build.importer, [...sources.slice(0, -1), cut]));
        expect(fault.code).toBe('pack_file_invalid');
        expect(fault.message).toContain(last.name);
      });
    }
  }

  it('names file and layer when a face-api layer is missing', () => {
    const [manifest, bin] = sourcesOf('core', 'face-landmarks-68.onnx') as [SourceFile, SourceFile];
    const without = edited(manifest, (text) => text.replace('dense2/conv1/bias', 'dense2/conv1/other'));
    const fault = faultOf(() => buildModel('faceapi-landmarks-68', [without, bin]));
    expect(fault.code).toBe('pack_unsupported');
    expect(fault.message).toMatch(/face_landmark_68_model-weights_manifest\.json.*dense2\/conv1\/bias/);
  });

  it('reads quantised tensors in float32 and raw ones at any offset', () => {
    const manifest = {
      name: 'm.json',
      bytes: new TextEncoder().encode(
        JSON.stringify([
          {
            weights: [
              { name: 'q', shape: [3], dtype: 'float32', quantization: { dtype: 'uint8', scale: 0.1, min: -1 } },
              { name: 'raw', shape: [1], dtype: 'float32' },
            ],
          },
        ]),
      ),
    };
    const bytes = new Uint8Array(7);
    bytes.set([0, 10, 255]);
    new DataView(bytes.buffer).setFloat32(3, 2.5, true);
    const weights = readFaceapiWeights(manifest, { name: 'm.bin', bytes });
    expect([...weights.get('q', 1).data]).toEqual([-1, 0, 24.5].map((v) => expect.closeTo(v, 5)));
    expect([...weights.get('raw', 1).data]).toEqual([2.5]);
    const longer = { name: 'm.bin', bytes: new Uint8Array(8) };
    expect(faultOf(() => readFaceapiWeights(manifest, longer)).message).toContain('1 bytes more');
  });

  it.skipIf(!hasOpenPack)('names file and layer type that the OpenVINO importer does not know', () => {
    const [xml, bin] = sourcesOf('open', 'face-reidentification-retail-0095.onnx') as [SourceFile, SourceFile];
    const fault = faultOf(() =>
      buildModel('openvino-ir', [edited(xml, (text) => text.replace('type="Sigmoid"', 'type="Mish"')), bin]),
    );
    expect(fault.code).toBe('pack_unsupported');
    expect(fault.message).toMatch(/face-reidentification-retail-0095\.xml.*Mish/);
  });

  it.skipIf(!hasOpenPack)('refuses a MiniFASNet with an operator it does not know', () => {
    const [source] = sourcesOf('open', 'minifasnet-v1se-blocked.onnx') as [SourceFile];
    const other = new Uint8Array(Buffer.from(source.bytes));
    const at = Buffer.from(other.buffer).indexOf('"\x07Sigmoid', 0, 'latin1');
    expect(at).toBeGreaterThan(0);
    other.set(new TextEncoder().encode('Softmax'), at + 2);
    const fault = faultOf(() => buildModel('minifasnet', [{ name: source.name, bytes: other }]));
    expect(fault.code).toBe('pack_unsupported');
    expect(fault.message).toMatch(/MiniFASNetV1SE\.onnx: the operator Softmax is not known/);
  });

  it('refuses a MiniFASNet whose PRelu is not read by convolutions alone, or that holds no graph', () => {
    const writer = new OnnxWriter('one');
    const convolution = writer.node(
      'Conv',
      ['input', writer.constant(new Float32Array(6).fill(1), [2, 3, 1, 1]), writer.constant([0, 1], [2])],
      { strides: [1, 1], pads: [0, 0, 0, 0], group: 1 },
    );
    const prelu = writer.node('PRelu', [convolution, writer.constant([0.5, -1], [2, 1, 1])]);
    const pooled = writer.node('GlobalAveragePool', [prelu]);
    const bytes = writer.finish({ name: 'input', dims: [1, 3, 80, 80] }, { name: pooled, dims: [1, 2, 1, 1] });
    const fault = faultOf(() => buildModel('minifasnet', [{ name: 'one.onnx', bytes }]));
    expect(fault.code).toBe('pack_unsupported');
    expect(fault.message).toMatch(/one\.onnx: GlobalAveragePool reads t2, which only a convolution can/);
    const empty = faultOf(() => buildModel('minifasnet', [{ name: 'one.onnx', bytes: new Uint8Array() }]));
    expect(empty.code).toBe('pack_file_invalid');
  });

  it('reads half precision as numbers', () => {
    expect([0x0000, 0x3c00, 0xc000, 0x7bff, 0x0001, 0x3555].map(halfToNumber)).toEqual([
      0,
      1,
      -2,
      65504,
      2 ** -24,
      0.333251953125,
    ]);
  });
});

describe('manifest', () => {
  it('keeps the identity of the packs: a change here makes every enrolled template useless', () => {
    expect(packHash(packManifest('core'))).toBe(
      'sha256:f655527c13ecac7a9a8147631d152e4ae22cd8fb2918589664a93199b52c2c2e',
    );
    expect(packHash(packManifest('open'))).toBe(
      'sha256:46e03201145349793e3fe62550a8e5e3d50e1be60ae587122c566d79f79e20fa',
    );
  });

  it('is refused with the place of the fault', () => {
    const broken = structuredClone(readManifest()) as { packs: { files: { sha256: string }[] }[] };
    broken.packs[0]!.files[0]!.sha256 = 'short';
    expect(faultOf(() => parseManifest(JSON.stringify(broken), 'm.json')).message).toMatch(
      /m\.json.*64 hexadecimal digits.*packs\[0\]\.files\[0\]\.sha256/s,
    );
    expect(faultOf(() => parseManifest('{', 'm.json')).code).toBe('pack_file_invalid');
  });
});
