import { useEffect, useRef, useState } from 'preact/hooks';
import type { EnrolmentBegun, WirePhotoVerdict } from '../../http/contract.js';
import { beginFace, cancelFace, commitFace } from '../daemon/own.js';
import { ownCall } from '../daemon/session.js';
import { Capture } from '../enrol/capture.js';
import { Notice } from '../parts/notice.js';
import { usePage } from '../parts/page-context.js';
import { CONSENT_TEXT_VERSION, fill } from '../strings/language.js';
import { Form } from './form.js';
import type { FormProps } from './forms.js';
import { useForm } from './use-form.js';

/** The own face: first the text and the consent, then the pictures. Leaving at any point keeps nothing. */
export function FaceForm({ done }: FormProps) {
  const { s, language } = usePage();
  const form = useForm();
  const [agreed, setAgreed] = useState(false);
  const [begun, setBegun] = useState<EnrolmentBegun>();
  const [failed, setFailed] = useState<string>();
  const open = useRef<string>(undefined);
  useEffect(
    () => () => {
      if (open.current !== undefined) void cancelFace(open.current);
    },
    [],
  );
  const end = (message?: string) => {
    setBegun(undefined);
    setFailed(message);
  };
  if (begun !== undefined)
    return (
      <Capture
        send={(image) => ownCall<WirePhotoVerdict>('POST', `/api/v1/me/face/${begun.id}/photos`, { image })}
        needed={begun.needed}
        s={s}
        finished={async () => {
          const kept = await form.send(() => commitFace(begun.id));
          open.current = undefined;
          if (kept !== undefined) done();
          else end();
        }}
        failed={end}
      />
    );
  return (
    <Form
      {...form}
      ready={agreed}
      text={s.enrol.next}
      send={async () => {
        setFailed(undefined);
        const sent = await form.send(() => beginFace(language));
        open.current = sent?.value.id;
        setBegun(sent?.value);
      }}
    >
      {failed !== undefined && <Notice tone="bad">{failed.trim() === '' ? s.login.faults.other : failed}</Notice>}
      <div class="consent">
        {s.enrol.consent.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        <p class="version">{fill(s.enrol.version, { version: CONSENT_TEXT_VERSION })}</p>
      </div>
      <label class="agree">
        <input type="checkbox" checked={agreed} onChange={(event) => setAgreed(event.currentTarget.checked)} />
        {s.enrol.agree}
      </label>
    </Form>
  );
}
