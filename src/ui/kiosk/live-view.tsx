import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { KioskStatus } from '../../http/contract.js';
import { Icon } from '../parts/icon.js';
import type { Strings } from '../strings/table.js';

/** The live view (MJPEG) with what is laid over it. Asks again by itself when the stream ends. */
export function LiveView(props: {
  readonly status: KioskStatus;
  readonly connected: boolean;
  readonly s: Strings;
  readonly children?: ComponentChildren;
}) {
  const { status, connected, s } = props;
  const [round, setRound] = useState(0);
  const running = connected && status.camera.state === 'running' && status.vision.process === 'running';
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    if (!broken) return;
    const timer = window.setTimeout(() => {
      setBroken(false);
      setRound((n) => n + 1);
    }, 1500);
    return () => window.clearTimeout(timer);
  }, [broken]);
  return (
    <div class="live">
      {running && !broken ? (
        <img key={round} src={`/video_feed?n=${round}`} alt={s.live} onError={() => setBroken(true)} />
      ) : (
        <div class="no-picture">
          <Icon name="camera" />
          <p>{status.camera.state === 'running' ? s.signs.visionRestarting : s.idle.hintNoCamera}</p>
        </div>
      )}
      {status.demo && (
        <div class="demo">
          <Icon name="film" />
          {s.demo}
        </div>
      )}
      {props.children}
    </div>
  );
}
