import { useEffect, useRef, useState } from 'preact/hooks';
import { openOwnCamera, sendFrames } from '../daemon/own-camera.js';
import { Icon } from '../parts/icon.js';
import type { Strings } from '../strings/table.js';

/** camera.source: browser. After a press, the pictures of this device's camera go to the daemon. */
export function UseCamera({ s }: { readonly s: Strings }) {
  const [state, setState] = useState<'asking' | 'sending' | 'failed'>('asking');
  const end = useRef<() => void>(undefined);
  useEffect(() => () => end.current?.(), []);
  if (state === 'sending') return null;
  const use = async () => {
    try {
      end.current = sendFrames(await openOwnCamera());
      setState('sending');
    } catch {
      setState('failed');
    }
  };
  return (
    <div class="use-camera">
      <p>{state === 'failed' ? s.browserCamera.failed : s.browserCamera.text}</p>
      <button type="button" class="primary" onClick={() => void use()}>
        <Icon name="camera" />
        {s.browserCamera.use}
      </button>
    </div>
  );
}
