import { useState } from 'preact/hooks';
import type { Reply } from '../daemon/call.js';
import { staffProblem } from '../strings/staff.js';
import { useStaff } from './staff.js';

/** What a button that asks the kiosk for something needs: does it run, and why was it refused. */
export function useDeed() {
  const { w, language } = useStaff();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  return {
    busy,
    problem,
    /** Answers with the value, or undefined when it was refused, which is shown then. */
    async run<T>(action: () => Promise<Reply<T>>): Promise<{ readonly value: T } | undefined> {
      if (busy) return undefined;
      setBusy(true);
      setProblem(undefined);
      const reply = await action();
      setBusy(false);
      if (reply.ok) return { value: reply.value };
      setProblem(staffProblem(reply.error, w, language));
      return undefined;
    },
  };
}
