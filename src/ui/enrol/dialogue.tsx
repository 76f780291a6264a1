import { useEffect, useRef, useState } from 'preact/hooks';
import type { EnrolmentBegun, Language, WireEnrolmentResult, WirePhotoVerdict } from '../../http/contract.js';
import { call } from '../daemon/call.js';
import { Icon } from '../parts/icon.js';
import { kioskSentence } from '../strings/kiosk-sentence.js';
import { CONSENT_TEXT_VERSION, fill } from '../strings/language.js';
import type { Strings } from '../strings/table.js';
import { Capture } from './capture.js';
import { type Details, DetailsForm } from './details.js';
import { nameFault } from './name-field.js';

/** Somebody who walks away leaves nothing open: the dialogue ends after this time without a touch. */
const LEFT_ALONE_MS = 120_000;

type Step =
  | { readonly kind: 'details'; readonly problem?: string }
  | { readonly kind: 'capture'; readonly id: string; readonly needed: number }
  | { readonly kind: 'saving' }
  | { readonly kind: 'enrolled'; readonly result: WireEnrolmentResult }
  | { readonly kind: 'failed'; readonly message: string };

/** Guided enrolment: name and consent, pictures, result. Cancelling at any point leaves nothing behind. */
export function EnrolDialogue(props: { readonly s: Strings; readonly language: Language; readonly close: () => void }) {
  const { s, language, close } = props;
  const [details, setDetails] = useState<Details>({ name: '', number: '', agreed: false, touched: false });
  const [step, setStep] = useState<Step>({ kind: 'details' });
  const [touches, setTouches] = useState(0);
  const open = useRef<string>(undefined);

  const cancel = () => {
    if (open.current !== undefined) void call('DELETE', `/api/v1/enrolments/${open.current}`);
    open.current = undefined;
    close();
  };
  // Every touch and step begins the time again
  useEffect(() => {
    const timer = window.setTimeout(cancel, LEFT_ALONE_MS);
    return () => window.clearTimeout(timer);
  }, [touches, step.kind]);

  const begin = async () => {
    const number = details.number.trim();
    const reply = await call<EnrolmentBegun>('POST', '/api/v1/enrolments', {
      json: {
        name: details.name,
        ...(number === '' ? {} : { externalId: number }),
        consent: { accepted: true, textVersion: CONSENT_TEXT_VERSION, language },
      },
    });
    if (!reply.ok) {
      setStep({ kind: 'details', problem: kioskSentence(reply.error) });
      return;
    }
    open.current = reply.value.id;
    setStep({ kind: 'capture', ...reply.value });
  };
  const commit = async (id: string) => {
    setStep({ kind: 'saving' });
    const reply = await call<WireEnrolmentResult>('POST', `/api/v1/enrolments/${id}/commit`);
    open.current = undefined;
    setStep(
      reply.ok ? { kind: 'enrolled', result: reply.value } : { kind: 'failed', message: kioskSentence(reply.error) },
    );
  };
  const ready = details.agreed && nameFault(details.name, s) === undefined;
  return (
    <div
      class="enrol"
      role="dialog"
      aria-modal="true"
      aria-label={s.enrol.title}
      onPointerDown={() => setTouches((n) => n + 1)}
      onKeyDown={(event) => {
        setTouches((n) => n + 1);
        if (event.key === 'Escape') cancel();
      }}
    >
      <header>
        <h1>{step.kind === 'capture' ? s.enrol.photosTitle : s.enrol.title}</h1>
        {step.kind !== 'enrolled' && (
          <button type="button" class="plain" onClick={cancel}>
            {s.enrol.cancel}
          </button>
        )}
      </header>
      <div class="content">
        {step.kind === 'details' && (
          <>
            {step.problem !== undefined && (
              <p class="sign" role="alert">
                <Icon name="alert" />
                {step.problem}
              </p>
            )}
            <DetailsForm value={details} change={setDetails} s={s} />
          </>
        )}
        {step.kind === 'capture' && (
          <Capture
            send={(image) => call<WirePhotoVerdict>('POST', `/api/v1/enrolments/${step.id}/photos`, { image })}
            needed={step.needed}
            s={s}
            finished={() => void commit(step.id)}
            failed={(message) => setStep({ kind: 'failed', message })}
          />
        )}
        {step.kind === 'saving' && <div class="result">{s.enrol.saving}</div>}
        {step.kind === 'enrolled' && (
          <div class="result" role="status">
            <Icon name="tick" />
            <h1>{fill(s.enrol.doneTitle, { name: step.result.person.name })}</h1>
            <p>{s.enrol.doneText}</p>
            {step.result.warnings.includes('similar_person') && (
              <p class="sign">
                <Icon name="alert" />
                {s.enrol.similar}
              </p>
            )}
          </div>
        )}
        {step.kind === 'failed' && (
          <div class="result" role="alert">
            <Icon name="alert" tone="bad" />
            <h1>{s.enrol.failed}</h1>
            <p>{step.message}</p>
          </div>
        )}
      </div>
      {step.kind === 'details' && (
        <footer>
          <label class="agree">
            <input
              type="checkbox"
              checked={details.agreed}
              onChange={(event) => setDetails({ ...details, agreed: event.currentTarget.checked })}
            />
            {s.enrol.agree}
          </label>
          <button type="button" class="primary" disabled={!ready} onClick={() => void begin()}>
            {s.enrol.next}
          </button>
        </footer>
      )}
      {step.kind === 'enrolled' && (
        <footer>
          <button type="button" class="primary" onClick={close}>
            {s.enrol.finish}
          </button>
        </footer>
      )}
      {step.kind === 'failed' && (
        <footer>
          <button type="button" class="primary" onClick={() => setStep({ kind: 'details' })}>
            {s.enrol.again}
          </button>
        </footer>
      )}
    </div>
  );
}
