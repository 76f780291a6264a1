import { useCallback, useEffect, useState } from 'preact/hooks';
import type { AdminPerson, InvitationAnswer } from '../../http/contract-people.js';
import { Icon } from '../parts/icon.js';
import { fill } from '../strings/language.js';
import { AddPerson } from './add-person.js';
import { CodeSheet } from './code-sheet.js';
import { Problem, TextField } from './overlay.js';
import { PersonPanel } from './person-panel.js';
import { foundPeople, hasToWait, isLocked, PEOPLE_FILTERS, type PeopleFilter } from './person-words.js';
import { useStaff } from './staff.js';
import { useDeed } from './use-deed.js';

/** A code that has just been made. */
export interface MadeCode {
  readonly kind: 'register' | 'reset';
  readonly name: string;
  readonly invitation: InvitationAnswer;
}

/** Everybody, with search; one person is opened for everything else. */
export function People() {
  const { s, w, role, send } = useStaff();
  const deed = useDeed();
  const [people, setPeople] = useState<readonly AdminPerson[]>();
  const [search, setSearch] = useState('');
  /** A finished search takes its field away for a moment, and the touchscreen's keyboard with it. */
  const [searches, setSearches] = useState(0);
  const [filter, setFilter] = useState<PeopleFilter>('all');
  const [openId, setOpenId] = useState<string>();
  const [adding, setAdding] = useState(false);
  const [code, setCode] = useState<MadeCode>();
  const [said, setSaid] = useState<string>();

  const load = useCallback(async () => {
    const done = await deed.run(() => send<{ people: readonly AdminPerson[] }>('GET', '/api/v1/admin/people'));
    if (done !== undefined) setPeople(done.value.people);
  }, [send]);
  useEffect(() => void load(), [load]);

  const found = foundPeople(people ?? [], search, filter, s.locale);
  const open = people?.find(({ id }) => id === openId);
  return (
    <section class="card wide">
      <form
        class="tools"
        onSubmit={(event) => {
          event.preventDefault();
          setSearches((n) => n + 1);
        }}
      >
        <TextField
          key={searches}
          label={w.people.search}
          value={search}
          change={(text) => {
            setSearch(text);
            setSaid(undefined);
          }}
        />
        {role === 'admin' && (
          <button type="button" class="primary" onClick={() => setAdding(true)}>
            {w.people.add}
          </button>
        )}
      </form>
      <fieldset class="picks">
        <legend class="hidden">{w.people.search}</legend>
        {PEOPLE_FILTERS.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === filter}
            onClick={() => {
              setFilter(one);
              setSearches((n) => n + 1);
            }}
          >
            {w.people.filter[one]}
          </button>
        ))}
        {people !== undefined && <span>{fill(w.people.count, { n: found.length, all: people.length })}</span>}
      </fieldset>
      <Problem text={deed.problem} />
      {deed.problem !== undefined && (
        <button type="button" class="plain" onClick={() => void load()}>
          {w.again}
        </button>
      )}
      {said !== undefined && <p role="status">{said}</p>}
      {people !== undefined && found.length === 0 && <p>{people.length === 0 ? w.people.empty : w.people.nobody}</p>}
      <ul class="people">
        {found.map((person) => (
          <li key={person.id}>
            <button type="button" onClick={() => setOpenId(person.id)}>
              <PersonLine person={person} />
            </button>
          </li>
        ))}
      </ul>
      {open !== undefined && (
        <PersonPanel
          key={open.id}
          person={open}
          leave={() => setOpenId(undefined)}
          changed={load}
          made={(made) => {
            setOpenId(undefined);
            setCode(made);
            void load();
          }}
          removed={(name) => {
            setOpenId(undefined);
            setSaid(fill(w.person.removed, { name }));
            void load();
          }}
        />
      )}
      {adding && (
        <AddPerson
          leave={() => setAdding(false)}
          added={({ person, invitation }) => {
            setAdding(false);
            setCode({ kind: 'register', name: person.name, invitation });
            void load();
          }}
        />
      )}
      {code !== undefined && <CodeSheet {...code} done={() => setCode(undefined)} />}
    </section>
  );
}

function PersonLine({ person }: { readonly person: AdminPerson }) {
  const { w } = useStaff();
  const { name, externalId, userName, role, active, setup } = person;
  return (
    <>
      <span class="who">
        <strong>{name}</strong>
        <small>{[externalId, userName].filter((text) => text !== undefined).join(' · ')}</small>
      </span>
      <span class="tags">
        {role !== 'person' && <span class="tag">{w.roles[role]}</span>}
        {!active && <span class="tag">{w.people.inactive}</span>}
        {isLocked(person) && (
          <span class="tag bad">
            <Icon name="lock" />
            {w.people.locked}
          </span>
        )}
        {!isLocked(person) && hasToWait(person) && (
          <span class="tag bad">
            <Icon name="clock" />
            {w.people.waits}
          </span>
        )}
        {active && !setup.complete && (
          <span class="tag">
            <Icon name="alert" />
            {w.people.unfinished}
          </span>
        )}
      </span>
    </>
  );
}
