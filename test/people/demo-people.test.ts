import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeDemoPeople } from '../../src/people/demo-people.js';
import { enrolledState } from '../fakes/enrolled.js';

describe('removeDemoPeople', () => {
  let kiosk: Awaited<ReturnType<typeof enrolledState>>;
  beforeEach(async () => {
    kiosk = await enrolledState();
  });
  afterEach(() => kiosk.dispose());

  it('erases the invented people with their templates and nobody else', async () => {
    const ada = await kiosk.enrol(1, 'Ada');
    const sam = await kiosk.enrol(2, 'Demo Sam', { recordedBy: 'demo' });
    expect(await removeDemoPeople(kiosk)).toBe(1);
    expect(kiosk.people.list().map((person) => person.id)).toEqual([ada.id]);
    expect(kiosk.templates.of(sam.id)).toEqual([]);
    expect(kiosk.templates.of(ada.id)).toHaveLength(1);
    expect(await removeDemoPeople(kiosk)).toBe(0);
  });
});
