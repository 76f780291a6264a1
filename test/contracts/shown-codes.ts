import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Vision } from '../../src/ports/vision.js';
import { eventually } from '../support/real-time.js';

/** A vision to which codes are held up. */
export interface CodeStage {
  readonly vision: Vision;
  /** Holds up a code (instead of the former one) until `hide`. */
  show(text: string): void;
  hide(): void;
  /** Lets time pass as the vision measures it. */
  pass(ms: number): Promise<void>;
  dispose(): Promise<void>;
}

/** What every vision does with codes that are held up. */
export function shownCodesContract(name: string, open: () => Promise<CodeStage>): void {
  describe(`${name}: codes held up to the camera`, () => {
    let stage: CodeStage;
    let ends: (() => void)[] = [];
    beforeAll(async () => {
      stage = await open();
    }, 60_000);
    afterAll(() => stage.dispose());
    afterEach(async () => {
      stage.hide();
      for (const end of ends) end();
      ends = [];
    });
    const listen = (): { readonly texts: string[]; end(): void } => {
      const texts: string[] = [];
      const end = stage.vision.scanCodes((text) => texts.push(text));
      ends.push(end);
      return { texts, end };
    };

    it('are told to every listener, once as long as they are held up, and another one at once', async () => {
      const one = listen();
      const two = listen();
      stage.show('badge/0042 Zx-9');
      await eventually('both hear it', () => one.texts.length > 0 && two.texts.length > 0);
      await stage.pass(2500);
      stage.show('B-17');
      await eventually('both hear the other one', () => one.texts.length > 1 && two.texts.length > 1);
      expect([one.texts, two.texts]).toEqual(Array(2).fill(['badge/0042 Zx-9', 'B-17']));
    });

    it('are told again after they were out of sight for a while', async () => {
      const { texts } = listen();
      stage.show('again');
      await eventually('it is told', () => texts.length === 1);
      stage.hide();
      await stage.pass(2600);
      stage.show('again');
      await eventually('it is told again', () => texts.length === 2);
    });

    it('are told to nobody who does not ask, or not any more', async () => {
      stage.show('secret');
      await stage.pass(600);
      const { texts, end } = listen();
      await eventually('it is looked for', () => texts.length === 1);
      end();
      end();
      stage.show('later');
      await stage.pass(1000);
      expect(texts).toEqual(['secret']);
    });

    it('are not told when they are no badge: other characters, or too long', async () => {
      const { texts } = listen();
      for (const text of ['Zoë', 'a\nb', 'x'.repeat(129)]) {
        stage.show(text);
        await stage.pass(700);
      }
      stage.show('x'.repeat(128));
      await eventually('the longest one is told', () => texts.length > 0);
      expect(texts).toEqual(['x'.repeat(128)]);
    });
  });
}
