import { useCallback, useEffect, useState } from 'preact/hooks';
import { endSession, listenToSession, ownSession } from '../daemon/session.js';
import { forgetCode, rememberCode, rememberedCode } from './code.js';
import type { GateFault } from './gate.js';
import type { Access } from './staff.js';

export interface SignIn {
  /** Undefined: nobody is signed in, or (`looking`) it is not known yet. */
  readonly access: Access | undefined;
  readonly looking: boolean;
  readonly fault: GateFault | undefined;
  enter(code: string): void;
  leave(): void;
  /** A request was answered with this error code. */
  refused(error: string): void;
  /** A request succeeded. */
  accepted(): void;
}

/** Who is signed in at this page: the admin code of this tab, else the session of the cookie. */
export function useSignIn(): SignIn {
  const [access, setAccess] = useState<Access | undefined>(() => {
    const code = rememberedCode();
    return code === undefined ? undefined : { kind: 'code', code };
  });
  const [looking, setLooking] = useState(access === undefined);
  const [fault, setFault] = useState<GateFault>();

  useEffect(() => {
    if (!looking) return;
    void ownSession().then((reply) => {
      setLooking(false);
      if (!reply.ok) return;
      const { person, role, purpose } = reply.value;
      if (purpose !== 'admin' || role === 'person') return setFault('notStaff');
      setAccess({ kind: 'session', personId: person.id, name: person.name, role });
    });
  }, []);
  useEffect(() => {
    if (access?.kind !== 'session') return;
    return listenToSession((what) => {
      if (what !== 'ended') return;
      setAccess(undefined);
      setFault('ended');
    });
  }, [access]);

  const refused = useCallback(
    (error: string) => {
      if (access?.kind !== 'code') return;
      const known = rememberedCode() === access.code;
      if (error === 'admin_code_wrong') forgetCode();
      else if (error !== 'too_many_wrong_codes' || known) return;
      setFault(error === 'admin_code_wrong' ? 'wrong' : 'wait');
      setAccess(undefined);
    },
    [access],
  );
  const accepted = useCallback(() => {
    if (access?.kind === 'code') rememberCode(access.code);
  }, [access]);

  return {
    access,
    looking,
    fault,
    refused,
    accepted,
    enter: (code) => {
      setFault(undefined);
      setAccess({ kind: 'code', code });
    },
    leave: () => {
      if (access?.kind === 'session') void endSession();
      forgetCode();
      setFault(undefined);
      setAccess(undefined);
    },
  };
}
