import { useEffect, useState } from 'preact/hooks';
import type { SessionView } from '../core/views.ts';
import { type Place, usePlace } from './location.ts';
import { ModelPage } from './pages/model.tsx';
import { OverviewPage } from './pages/overview.tsx';
import { readSession, SessionContext } from './session.ts';

/** The console. */
export function App() {
  const place = usePlace();
  const [session, setSession] = useState<SessionView>();
  useEffect(() => {
    // Without it, the page shows that it is not connected, and asks again before each action.
    readSession().then(setSession, () => undefined);
  }, []);
  return (
    <SessionContext.Provider value={session}>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <Heading place={place} session={session} />
      <main id="content" tabIndex={-1}>
        <Page key={place.path} place={place} />
      </main>
    </SessionContext.Provider>
  );
}

function Heading({
  place,
  session,
}: {
  readonly place: Place;
  readonly session: SessionView | undefined;
}) {
  const pages = [
    ['/', 'Overview'],
    ...(session?.models ?? []).map((model) => [`/models/${model}`, model] as const),
  ] as const;
  return (
    <header class="top">
      <a class="brand" href="/">
        mlmesh <span class="quiet">{session?.mesh ?? ''}</span>
      </a>
      <nav aria-label="Pages">
        {pages.map(([href, name]) => (
          <a key={href} href={href} aria-current={place.path === href ? 'page' : undefined}>
            {name}
          </a>
        ))}
      </nav>
      {session?.isReadOnly === true && <span class="quiet">read-only</span>}
    </header>
  );
}

function Page({ place }: { readonly place: Place }) {
  const [, model] = /^\/models\/([^/]+)$/.exec(place.path) ?? [];
  useEffect(() => {
    const title = place.path === '/' ? 'Overview' : (place.path.split('/').at(-1) ?? '');
    document.title = `${decodeURIComponent(title)} · mlmesh`;
  }, [place.path]);
  if (model !== undefined) {
    return <ModelPage model={decodeURIComponent(model)} query={place.query} />;
  }
  if (place.path === '/') return <OverviewPage />;
  return (
    <>
      <h1>Nothing is here</h1>
      <p>
        <a href="/">Back to the overview</a>
      </p>
    </>
  );
}
