import { useEffect, useState } from 'preact/hooks';

/** Where the page is: a path, and what stands behind its question mark. */
export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

const moved = 'mlmesh-moved';

/** Goes to another place of the console; `isReplaced` leaves no step in the history. */
export function navigate(href: string, isReplaced = false): void {
  if (isReplaced) history.replaceState(null, '', href);
  else history.pushState(null, '', href);
  window.dispatchEvent(new Event(moved));
}

/** Gives where the page is, now and after each move. Links inside the console are followed without loading it again. */
export function usePlace(): Place {
  const [href, setHref] = useState(location.href);
  useEffect(() => {
    const look = () => setHref(location.href);
    window.addEventListener('popstate', look);
    window.addEventListener(moved, look);
    document.addEventListener('click', followLink);
    return () => {
      window.removeEventListener('popstate', look);
      window.removeEventListener(moved, look);
      document.removeEventListener('click', followLink);
    };
  }, []);
  const url = new URL(href);
  return { path: url.pathname, query: url.searchParams };
}

function followLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.target !== '' || link.origin !== location.origin) return;
  // A link within the page, such as the one that skips to its content.
  if (link.hash !== '' && link.pathname === location.pathname) return;
  event.preventDefault();
  navigate(link.href);
  window.scrollTo(0, 0);
}
