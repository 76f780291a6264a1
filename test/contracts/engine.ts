import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Engine, Model, Tensor } from '../../src/ports/engine.js';

export interface EngineSubject {
  /** A new engine. */
  create(): Promise<Engine>;
  /** A model that this engine can load and a valid input for it. */
  readonly modelFile: () => string;
  readonly input: () => Tensor;
  readonly namePattern: RegExp;
}

/** What every engine promises; run against the real runtimes. */
export function engineContract(name: string, subject: EngineSubject): void {
  describe(`engine contract: ${name}`, () => {
    let engine: Engine;
    let model: Model;
    let folder: string;

    beforeAll(async () => {
      engine = await subject.create();
      model = await engine.load(subject.modelFile());
      folder = await mkdtemp(join(tmpdir(), 'vestibule-engine-'));
    });
    afterAll(async () => {
      await model.dispose();
      await rm(folder, { recursive: true, force: true });
    });

    it('says which runtime and version it is', () => {
      expect(engine.name).toMatch(subject.namePattern);
    });

    it('names inputs and outputs of a model', () => {
      expect(model.inputs.length).toBeGreaterThan(0);
      expect(model.outputs.length).toBeGreaterThan(0);
    });

    it('gives every output with data that fill its dimensions, the same for the same input', async () => {
      const feeds = { [model.inputs[0]!]: subject.input() };
      const first = await model.run(feeds);
      const second = await model.run(feeds);
      expect(Object.keys(first).sort()).toEqual([...model.outputs].sort());
      for (const [key, tensor] of Object.entries(first)) {
        expect(tensor.data.length).toBe(tensor.dims.reduce((product, dim) => product * dim, 1));
        expect([...second[key]!.data]).toEqual([...tensor.data]);
      }
    });

    it('leaves earlier outputs alone when it runs again', async () => {
      const input = subject.input();
      const first = await model.run({ [model.inputs[0]!]: input });
      const copies = model.outputs.map((key) => first[key]!.data.slice());
      await model.run({ [model.inputs[0]!]: { data: input.data.map((v) => v / 2), dims: input.dims } as Tensor });
      model.outputs.forEach((key, i) => {
        expect([...first[key]!.data]).toEqual([...copies[i]!]);
      });
    });

    it('refuses a missing input and a wrong shape with engine_failed', async () => {
      await expect(model.run({})).rejects.toMatchObject({ code: 'engine_failed' });
      const short: Tensor = { data: new Float32Array(3), dims: [1, 3] };
      await expect(model.run({ [model.inputs[0]!]: short })).rejects.toMatchObject({ code: 'engine_failed' });
    });

    it('refuses a missing or damaged file with engine_failed naming it', async () => {
      const missing = join(folder, 'nothing-here.bin');
      await expect(engine.load(missing)).rejects.toMatchObject({ code: 'engine_failed' });
      await expect(engine.load(missing)).rejects.toThrow('nothing-here.bin');
      const damaged = join(folder, 'damaged.bin');
      await writeFile(damaged, 'not a model');
      await expect(engine.load(damaged)).rejects.toMatchObject({ code: 'engine_failed' });
    });
  });
}
