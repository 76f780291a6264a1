import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { WireError } from '../../http/contract.js';
import type { RegistrationRules } from '../../http/contract-login.js';
import type { Profile } from '../../http/contract-people.js';
import type { Reply } from '../daemon/call.js';
import { removeBadge, removeContact, removeFace, removePin, removePose, removeTotp } from '../daemon/own.js';
import { problemText } from '../login/problem-text.js';
import { Icon, type IconName } from '../parts/icon.js';
import { Notice } from '../parts/notice.js';
import { usePage } from '../parts/page-context.js';
import { fill } from '../strings/language.js';
import { type Part, PartDialogue } from './part-dialogue.js';
import { useRun } from './run.js';

interface Row {
  readonly key: string;
  readonly icon: IconName;
  readonly name: string;
  readonly state: string;
  readonly set?: { readonly text: string; readonly part: Part };
  readonly remove?: () => Promise<Reply<unknown>>;
}

/** The own ways to sign in: what there is, change, add, take away after one more press. */
export function Factors(props: {
  readonly profile: Profile;
  readonly rules: RegistrationRules;
  readonly changed: () => void;
  /** The live picture, where this page may show it. */
  readonly live?: ComponentChildren | undefined;
}) {
  const { s } = usePage();
  const run = useRun();
  const [part, setPart] = useState<Part>();
  const [removing, setRemoving] = useState<string>();
  const [problem, setProblem] = useState<WireError>();
  const a = s.account;
  const { factors } = props.profile;

  const { codes } = props.rules;
  /** What the kiosk no longer offers can be taken away, not set up. */
  const offered = (part: (typeof codes)[number], row: Row): readonly Row[] => {
    if (codes.includes(part)) return [row];
    const { set: _set, ...left } = row;
    return row.remove === undefined ? [] : [left];
  };
  const one = (name: Part, icon: IconName, has: boolean, remove?: () => Promise<Reply<unknown>>): Row => ({
    key: name,
    icon,
    name: a.parts[name],
    state: has ? a.isSet : a.notSet,
    set: { part: name, text: has ? a.change : a.setUp },
    ...(has && remove !== undefined && { remove }),
  });
  const contact = (kind: 'phone' | 'email'): Row => {
    const has = factors[kind];
    const row = one(kind, kind === 'phone' ? 'phone' : 'mail', has !== undefined, () => removeContact(kind));
    if (has === undefined) return row;
    return { ...row, state: has.confirmed ? has.destination : `${has.destination} · ${a.unconfirmed}` };
  };
  /** Only where it is compared can it be set up; what there is can always be taken away. */
  const poseRow = (): readonly Row[] => {
    const row = one('pose', 'one', factors.pose, removePose);
    if (props.profile.poseOffered) return [row];
    const { set: _set, ...left } = row;
    return factors.pose ? [left] : [];
  };
  const rows: readonly Row[] = [
    one('password', 'lock', factors.password),
    one('pin', 'pad', factors.pin, removePin),
    ...offered('totp', one('totp', 'clock', factors.totp, removeTotp)),
    ...offered('phone', contact('phone')),
    ...offered('email', contact('email')),
    ...offered('recovery', {
      ...one('recovery', 'key', factors.recoveryCodesLeft > 0),
      state: fill(a.recoveryLeft, { n: factors.recoveryCodesLeft }),
    }),
    ...(props.rules.face === 'off' && !factors.face ? [] : [one('face', 'face', factors.face, removeFace)]),
    ...poseRow(),
    ...factors.badges.map(
      ({ id, label }): Row => ({
        key: id,
        icon: 'badge',
        name: label,
        state: a.parts.badge,
        remove: () => removeBadge(id),
      }),
    ),
    { key: 'badge', icon: 'badge', name: a.parts.badge, state: a.badgeAdd, set: { part: 'badge', text: a.add } },
  ];
  if (part !== undefined) {
    const done = () => {
      setPart(undefined);
      props.changed();
    };
    return (
      <PartDialogue part={part} rules={props.rules} live={props.live} done={done} close={() => setPart(undefined)} />
    );
  }
  const remove = async (row: Row) => {
    if (row.remove === undefined) return;
    if (removing !== row.key) return setRemoving(row.key);
    setRemoving(undefined);
    const reply = await run(row.remove);
    setProblem(reply.ok ? undefined : reply.error);
    if (reply.ok) props.changed();
  };
  return (
    <>
      {problem !== undefined && <Notice tone="bad">{problemText(problem, s)}</Notice>}
      <ul class="rows">
        {rows.map((row) => (
          <li key={row.key}>
            <Icon name={row.icon} />
            <div>
              <strong>{row.name}</strong>
              <small>{removing === row.key ? a.removeSure : row.state}</small>
            </div>
            {row.remove !== undefined && (
              <button type="button" class="plain" onClick={() => void remove(row)}>
                {removing === row.key ? a.removeYes : a.remove}
                <span class="hidden">{row.name}</span>
              </button>
            )}
            {row.set !== undefined && removing !== row.key && (
              <button type="button" class="plain" onClick={() => setPart(row.set?.part)}>
                {row.set.text}
                <span class="hidden">{row.name}</span>
              </button>
            )}
            {removing === row.key && (
              <button type="button" class="plain" onClick={() => setRemoving(undefined)}>
                {s.login.cancel}
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
