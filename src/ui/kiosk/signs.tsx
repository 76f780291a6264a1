import type { KioskStatus } from '../../http/contract.js';
import { Icon, type IconName } from '../parts/icon.js';
import { fill } from '../strings/language.js';
import type { Strings } from '../strings/table.js';

interface Sign {
  readonly icon: IconName;
  readonly text: string;
  /** Nothing is lost and nobody need act at once. */
  readonly quiet?: true;
}

function cameraSign({ camera, vision }: KioskStatus, s: Strings): Sign | undefined {
  if (vision.process === 'restarting') return { icon: 'camera', text: s.signs.visionRestarting };
  if (camera.state === 'lost') return { icon: 'camera', text: s.signs.cameraLost };
  if (camera.state === 'none') return { icon: 'camera', text: s.signs.cameraNone, quiet: true };
  if (camera.state === 'opening') return { icon: 'camera', text: s.signs.cameraOpening, quiet: true };
  return undefined;
}

function identificationSign({ camera, recognition }: KioskStatus, s: Strings): Sign | undefined {
  // Where there is no camera by configuration, nobody has to be enrolled.
  if (recognition.identification || camera.state === 'none') return undefined;
  if (recognition.gallery === 0) return { icon: 'face', text: s.signs.nobodyEnrolled, quiet: true };
  return { icon: 'face', text: s.signs.notIdentifying };
}

/** Troubles of the parts, worst first. */
export function signsOf(status: KioskStatus, s: Strings): readonly Sign[] {
  const signs: (Sign | undefined)[] = [
    status.storage.ok ? undefined : { icon: 'disk', text: s.signs.storage },
    cameraSign(status, s),
    identificationSign(status, s),
    status.clock.sync === 'none' ? { icon: 'clock', text: s.signs.clock } : undefined,
  ];
  if (status.bus.enabled && !status.bus.connected) {
    const waiting = status.bus.depth > 0 ? ` · ${fill(s.signs.waiting, { n: status.bus.depth })}` : '';
    signs.push({ icon: 'send', text: `${s.signs.brokerAway}${waiting}`, quiet: true });
  }
  return signs.filter((sign) => sign !== undefined);
}

/** Small signs in the corner; the kiosk goes on. */
export function Signs({ status, s }: { readonly status: KioskStatus; readonly s: Strings }) {
  return (
    <>
      {signsOf(status, s).map((sign) => (
        <span class={`sign ${sign.quiet ? 'quiet' : ''}`} key={sign.text}>
          <Icon name={sign.icon} />
          {sign.text}
        </span>
      ))}
    </>
  );
}
