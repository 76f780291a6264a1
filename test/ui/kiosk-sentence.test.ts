import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../src/domain/errors.js';
import { kioskSentence } from '../../src/ui/strings/kiosk-sentence.js';

describe('what the kiosk says about a refusal', () => {
  it('says what is wrong and then what to do', () => {
    expect(kioskSentence({ message: 'The disk is full.', mend: 'Free space.' })).toBe('The disk is full. Free space.');
  });

  it('says a sentence once that is both', () => {
    expect(kioskSentence({ message: 'Look at the camera', mend: 'Look at the camera.' })).toBe('Look at the camera.');
    expect(kioskSentence({ message: '', mend: 'Begin again.' })).toBe('Begin again.');
  });

  it('adds nothing where the mend only points back to the message', () => {
    for (const mend of [FAULTS.input_invalid, FAULTS.password_refused])
      expect(kioskSentence({ message: 'The time lies in the future. Give a time that is over.', mend })).toBe(
        'The time lies in the future. Give a time that is over.',
      );
  });
});
