import type { ComponentChildren } from 'preact';
import type { Fault } from '../../core/view-base.ts';
import { utcText } from '../format.ts';
import type { LiveView } from '../use-view.ts';
import { Faults } from './faults.tsx';

/** What a page is made of. */
export interface LivePageProps<T> {
  readonly title: ComponentChildren;
  readonly live: LiveView<T>;
  /** Gives the page for a view that is there. */
  readonly children: (view: T) => ComponentChildren;
}

/** A page that follows a view: its title, what is missing, and whether what it shows is of now. */
export function LivePage<T extends { readonly faults: readonly Fault[]; readonly atMs: number }>({
  title,
  live,
  children,
}: LivePageProps<T>) {
  const { view, problem, isLive } = live;
  return (
    <>
      <h1>{title}</h1>
      {!isLive && view !== undefined && (
        <p class="faults" role="alert">
          <b>The connection to the console is lost.</b> What you see is of {utcText(view.atMs)}; the
          page connects again by itself.
        </p>
      )}
      <Faults faults={view?.faults ?? []} problem={problem} />
      {view === undefined && problem === undefined && <p class="quiet">loading…</p>}
      {view !== undefined && children(view)}
    </>
  );
}
