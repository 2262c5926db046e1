import { useEffect, useState } from 'preact/hooks';
import type { ProblemView } from '../core/views.ts';
import { tellSession } from './session.ts';

/** A view as the page has it. */
export interface LiveView<T> {
  /** The newest that came; undefined before the first. */
  readonly view: T | undefined;
  /** Why there is no newer one; undefined while all is well. */
  readonly problem: ProblemView | undefined;
  /** Whether the console is connected. */
  readonly isLive: boolean;
}

/** Reasons for which whoever looks has to sign in anew. */
const signedOut: ReadonlySet<string> = new Set(['CREDENTIALS_MISSING', 'TOKEN_UNKNOWN']);

const nothing = { view: undefined, problem: undefined, isLive: false } as const;

/** Follows a view of the console's server; what changes there is here as soon as it is sent. */
export function useView<T>(
  name: string,
  query: Readonly<Record<string, string>> = {},
): LiveView<T> {
  const address = `/api/views/${name}?${new URLSearchParams(query)}`;
  const [followed, setFollowed] = useState<{ address: string; live: LiveView<T> }>({
    address,
    live: nothing,
  });
  useEffect(() => {
    const source = new EventSource(address);
    const change = (part: Partial<LiveView<T>>) =>
      setFollowed((before) => ({
        address,
        live: { ...(before.address === address ? before.live : nothing), ...part },
      }));
    source.addEventListener('open', () => change({ isLive: true }));
    source.addEventListener('view', ({ data }) =>
      change({ view: JSON.parse(data) as T, problem: undefined, isLive: true }),
    );
    source.addEventListener('problem', ({ data }) => {
      const problem: ProblemView = JSON.parse(data);
      change({ problem });
      if (signedOut.has(problem.reason)) tellSession();
    });
    source.addEventListener('error', () => {
      change({ isLive: false });
      // The browser connects again by itself, unless it was refused: whoever looked may have been signed out.
      if (source.readyState === EventSource.CLOSED) tellSession();
    });
    return () => source.close();
  }, [address]);
  return followed.address === address ? followed.live : nothing;
}
