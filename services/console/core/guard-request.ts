/** What a request says about where it comes from. */
export interface RequestFacts {
  readonly method: string;
  /** Path without what stands behind its question mark. */
  readonly path: string;
  /** Header `host`. */
  readonly host: string | undefined;
  /** Header `origin`; browsers send it with everything that is no plain read. */
  readonly origin: string | undefined;
  /** Header `sec-fetch-site`, which pages can't set. */
  readonly fetchSite: string | undefined;
  /** Header `x-mlmesh-token`. */
  readonly token: string | undefined;
}

/** What the console holds a request against. */
export interface GuardRules {
  /** What its own page carries. */
  readonly token: string;
  readonly isReadOnly: boolean;
  /** Port of the loopback that it listens on in plain text; undefined over HTTPS. */
  readonly loopbackPort: number | undefined;
  /** Names and addresses that it is opened under over HTTPS, on whatever port; empty without. */
  readonly hosts: ReadonlySet<string>;
}

/** Why a request is refused. */
export interface Refusal {
  /** HTTP status, 403 or 421. */
  readonly status: number;
  readonly reason: 'HOST_REFUSED' | 'ORIGIN_REFUSED' | 'TOKEN_REFUSED' | 'READ_ONLY';
  readonly message: string;
}

/** Where actions are sent. */
export const actionsPath = '/api/actions';

/**
 * Decides whether a request may pass: undefined if so. A name of another host that points to this machine, a page of another origin, and a request
 * without the page's token are refused, so that no web page that somebody has open beside the console reads from it or acts through it. The application itself, which holds no data, may be
 * linked to from anywhere: from a message that tells of an alert, say.
 */
export function guardRequest(facts: RequestFacts, rules: GuardRules): Refusal | undefined {
  const hostRefusal = refusedHost(facts.host, rules);
  if (hostRefusal !== undefined) return hostRefusal;
  const isSame = facts.fetchSite === undefined || sameSites.has(facts.fetchSite);
  const isRead = facts.method === 'GET' || facts.method === 'HEAD';
  if (isRead) {
    const isData = facts.path.startsWith('/api/');
    return isSame || !isData ? undefined : foreign(facts.fetchSite ?? '');
  }
  const scheme = rules.loopbackPort === undefined ? 'https' : 'http';
  if (!isSame || facts.origin !== `${scheme}://${facts.host}`) {
    return foreign(facts.origin ?? 'none');
  }
  if (facts.token !== rules.token) {
    return {
      status: 403,
      reason: 'TOKEN_REFUSED',
      message:
        "wanted the token of the console's page, got another or none; reload the page, since the console has started again",
    };
  }
  if (!rules.isReadOnly || facts.path !== actionsPath) return undefined;
  return {
    status: 403,
    reason: 'READ_ONLY',
    message:
      'this console lets nobody act; use the mlmesh command, or start the console without its option readOnly',
  };
}

/** A request of the console's own page, or one that a person has typed. */
const sameSites: ReadonlySet<string> = new Set(['same-origin', 'none']);

function refusedHost(
  host: string | undefined,
  { loopbackPort, hosts }: GuardRules,
): Refusal | undefined {
  const wanted =
    loopbackPort === undefined
      ? [...hosts]
      : ['127.0.0.1', 'localhost', '[::1]'].map((name) => `${name}:${loopbackPort}`);
  const got = loopbackPort === undefined ? nameOf(host) : host;
  if (got !== undefined && wanted.includes(got)) return undefined;
  const todo =
    loopbackPort === undefined
      ? "make its certificate for that name, or name it in the console's option hosts"
      : 'open the console at the address that `mlmesh up` prints';
  return {
    status: 421,
    reason: 'HOST_REFUSED',
    message: `wanted one of ${wanted.join(', ')} as host, got ${host ?? 'none'}; ${todo}`,
  };
}

/** A host without its port, and without the brackets of IPv6. */
function nameOf(host: string | undefined): string | undefined {
  return host
    ?.replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
}

function foreign(origin: string): Refusal {
  return {
    status: 403,
    reason: 'ORIGIN_REFUSED',
    message: `wanted a request of the console's own page, got one of ${origin}; act from the console itself`,
  };
}
