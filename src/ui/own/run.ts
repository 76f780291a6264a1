import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Reply } from '../daemon/call.js';

/** Carries out a request of the session; where the kiosk wants two factors first, asks for them and tries again. */
export type Run = <T>(action: () => Promise<Reply<T>>) => Promise<Reply<T>>;

export const RunContext = createContext<Run>((action) => action());

export function useRun(): Run {
  return useContext(RunContext);
}
