import { useEffect, useRef, useState } from 'preact/hooks';
import type { SessionView } from '../core/views.ts';
import { type Place, usePlace } from './location.ts';
import { AlertPage } from './pages/alert.tsx';
import { AlertsPage } from './pages/alerts.tsx';
import { FeaturesPage } from './pages/features.tsx';
import { ModelPage } from './pages/model.tsx';
import { OverviewPage } from './pages/overview.tsx';
import { SignInPage } from './pages/sign-in.tsx';
import { TracePage } from './pages/trace.tsx';
import { TracesPage } from './pages/traces.tsx';
import { onSession, readSession, SessionContext, signOut } from './session.ts';

/** The console. */
export function App() {
  const place = usePlace();
  const [session, setSession] = useState<SessionView>();
  useEffect(() => {
    const ask = () => {
      // Without it, the page shows that it is not connected, and asks again before each action.
      readSession().then(setSession, () => undefined);
    };
    ask();
    return onSession(ask);
  }, []);
  const mustSignIn = session?.hasSignIn === true && session.person === undefined;
  return (
    <SessionContext.Provider value={session}>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <Heading place={place} session={session} />
      <main id="content" tabIndex={-1}>
        {mustSignIn ? <SignInPage /> : <Page key={place.path} place={place} />}
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
    ['/features', 'Features'],
    ['/traces', 'Traces'],
    ['/alerts', 'Alerts'],
  ] as const;
  // On a phone not all names fit: that of the page that is open is in sight.
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    const current = nav.current?.querySelector('[aria-current]');
    current?.scrollIntoView({ inline: 'nearest', block: 'nearest' });
  }, [place.path, session]);
  return (
    <header class="top">
      <a class="brand" href="/">
        mlmesh <span class="quiet">{session?.mesh ?? ''}</span>
      </a>
      <nav aria-label="Pages" ref={nav}>
        {pages.map(([href, name]) => (
          <a key={href} href={href} aria-current={isWithin(place.path, href) ? 'page' : undefined}>
            {name}
          </a>
        ))}
      </nav>
      {session !== undefined && <Signed session={session} />}
    </header>
  );
}

/** Who has signed in, and whether they can act. */
function Signed({ session }: { readonly session: SessionView }) {
  const { person, readOnlyBecause } = session;
  return (
    <div class="signed">
      <span class="quiet" title={readOnlyBecause}>
        {person !== undefined && `${person.name} (${person.roles.join(', ')})`}
        {person !== undefined && readOnlyBecause !== '' && ', '}
        {readOnlyBecause !== '' && 'read-only'}
      </span>
      {person !== undefined && (
        <button type="button" class="plain" onClick={() => void signOut().catch(() => undefined)}>
          Sign out
        </button>
      )}
    </div>
  );
}

function Page({ place }: { readonly place: Place }) {
  useEffect(() => {
    const name = place.path === '/' ? 'Overview' : (place.path.split('/').at(-1) ?? '');
    document.title = `${decodeURIComponent(name)} · mlmesh`;
  }, [place.path]);
  const [, folder = '', name = ''] = /^\/([a-z]*)(?:\/([^/]+))?$/.exec(place.path) ?? [];
  const which = decodeURIComponent(name);
  switch (which === '' ? folder : `${folder}/`) {
    case '':
      return place.path === '/' ? <OverviewPage /> : <NothingHere />;
    case 'models/':
      return <ModelPage model={which} query={place.query} />;
    case 'features':
      return <FeaturesPage />;
    case 'traces':
      return <TracesPage />;
    case 'traces/':
      return <TracePage id={which} />;
    case 'alerts':
      return <AlertsPage />;
    case 'alerts/':
      return <AlertPage id={which} />;
    default:
      return <NothingHere />;
  }
}

function NothingHere() {
  return (
    <>
      <h1>Nothing is here</h1>
      <p>
        <a href="/">Back to the overview</a>
      </p>
    </>
  );
}

/** Whether a page is that of a link, or one below it. */
function isWithin(path: string, href: string): boolean {
  return path === href || (href !== '/' && path.startsWith(`${href}/`));
}
