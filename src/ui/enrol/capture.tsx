import { useEffect, useRef, useState } from 'preact/hooks';
import type { PhotoRefusal } from '../../domain/quality-gate.js';
import type { WirePhotoVerdict } from '../../http/contract.js';
import type { Reply } from '../daemon/call.js';
import { openKioskCamera } from '../daemon/kiosk-camera.js';
import { type OwnCamera, openOwnCamera } from '../daemon/own-camera.js';
import { problemText } from '../login/problem-text.js';
import { Icon } from '../parts/icon.js';
import { fill } from '../strings/language.js';
import type { Strings } from '../strings/table.js';

/** Pause between two pictures, so that a person can follow the hint. */
const PAUSE_MS = 700;
/** After a good picture the head should move a little. */
const AFTER_GOOD_MS = 1100;

/** Takes pictures by itself until enough are accepted; the hint is the last verdict. Files work as well. */
export function Capture(props: {
  /** Hands one picture to the daemon. */
  readonly send: (image: Blob) => Promise<Reply<WirePhotoVerdict>>;
  readonly needed: number;
  readonly s: Strings;
  readonly finished: () => void;
  readonly failed: (message: string) => void;
}) {
  const { send, needed, s, finished, failed } = props;
  const feed = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const [count, setCount] = useState(0);
  const [hint, setHint] = useState<string>(s.enrol.look);
  const [noCamera, setNoCamera] = useState(false);
  const over = useRef(false);

  /** Hands in one picture. True when it was accepted. */
  const hand = async (image: Blob): Promise<boolean> => {
    const reply = await send(image);
    if (over.current) return false;
    if (!reply.ok) {
      if (reply.error.error === 'image_refused') {
        setHint(s.enrol.reasons.unreadable);
        return false;
      }
      over.current = true;
      failed(problemText(reply.error, s));
      return false;
    }
    const verdict = reply.value;
    setCount(verdict.count);
    setHint(verdict.accepted ? s.enrol.accepted : (s.enrol.reasons[verdict.reason as PhotoRefusal] ?? verdict.detail));
    if (verdict.count >= verdict.needed) {
      over.current = true;
      finished();
    }
    return verdict.accepted;
  };

  useEffect(() => {
    let camera: Pick<OwnCamera, 'jpeg' | 'close'> | undefined;
    let timer = 0;
    const next = async () => {
      if (over.current || camera === undefined) return;
      const image = await camera.jpeg();
      const good = image !== undefined && (await hand(image));
      if (!over.current) timer = window.setTimeout(() => void next(), good ? AFTER_GOOD_MS : PAUSE_MS);
    };
    const begin = (opened: Pick<OwnCamera, 'jpeg' | 'close'>) => {
      if (over.current) return opened.close();
      camera = opened;
      timer = window.setTimeout(() => void next(), AFTER_GOOD_MS);
    };
    const open = async () => {
      try {
        const own = await openOwnCamera();
        begin(own);
        if (video.current !== null) video.current.srcObject = own.stream;
      } catch {
        // On the kiosk the daemon has the camera.
        const own = await openKioskCamera();
        begin(own);
        own.picture.alt = s.live;
        feed.current?.append(own.picture);
      }
    };
    open().catch(() => setNoCamera(true));
    return () => {
      over.current = true;
      window.clearTimeout(timer);
      camera?.close();
    };
  }, []);

  const choose = async (files: FileList | null) => {
    for (const file of [...(files ?? [])]) if (!over.current) await hand(file);
  };
  return (
    <div class="capture">
      <div class="live">
        {noCamera ? (
          <div class="no-picture">
            <Icon name="camera" />
            <p>{s.enrol.noCamera}</p>
          </div>
        ) : (
          <>
            <video ref={video} autoplay muted playsInline />
            <div ref={feed} class="feed" />
            <div class="oval" />
          </>
        )}
        <div class="say" role="status">
          {hint}
        </div>
      </div>
      <div class="capture-foot">
        <div class="dots">
          {Array.from({ length: needed }, (_, i) => (
            <span key={i} class={`dot ${i < count ? 'full' : ''}`}>
              {i < count ? <Icon name="tick" /> : i + 1}
            </span>
          ))}
          {fill(s.enrol.progress, { n: Math.min(count + 1, needed), all: needed })}
        </div>
        <label class="button plain">
          {s.enrol.pictures}
          <input
            class="hidden"
            type="file"
            accept="image/jpeg,image/png"
            multiple
            onChange={(event) => void choose(event.currentTarget.files)}
          />
        </label>
      </div>
    </div>
  );
}
