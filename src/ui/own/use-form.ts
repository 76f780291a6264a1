import { useState } from 'preact/hooks';
import type { WireError } from '../../http/contract.js';
import type { Reply } from '../daemon/call.js';
import { useRun } from './run.js';

/** What every small form needs: is it being sent, and why was it refused. */
export function useForm() {
  const run = useRun();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<WireError>();
  return {
    busy,
    problem,
    /** Sends; answers with the value, or undefined when it was refused, which is shown then. */
    async send<T>(action: () => Promise<Reply<T>>): Promise<{ readonly value: T } | undefined> {
      if (busy) return undefined;
      setBusy(true);
      setProblem(undefined);
      const reply = await run(action);
      setBusy(false);
      if (reply.ok) return { value: reply.value };
      setProblem(reply.error);
      return undefined;
    },
  };
}
