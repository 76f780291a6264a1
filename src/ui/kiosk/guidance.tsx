import type { GuidanceCode } from '../../domain/guidance.js';
import { Icon, type IconName } from '../parts/icon.js';
import type { Strings } from '../strings/table.js';

const ICONS: Readonly<Record<GuidanceCode, IconName>> = {
  no_face: 'face',
  too_far: 'closer',
  too_close: 'back',
  look_straight: 'straight',
  too_dark: 'moon',
  too_bright: 'sun',
  blurred: 'still',
  hold_still: 'still',
  one_at_a_time: 'one',
};

/** What to do, large, over the live view. */
export function Guidance({ code, s }: { readonly code: GuidanceCode; readonly s: Strings }) {
  return (
    <div class="say" key={code}>
      <Icon name={ICONS[code]} />
      <span>{s.guidance[code]}</span>
    </div>
  );
}
