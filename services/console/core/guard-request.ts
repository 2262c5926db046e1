/** What a request says about where it comes from. */
export interface RequestFacts {
  readonly method: string;
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
  /** Port that it listens on. */
  readonly port: number;
  /** What its own page carries. */
  readonly token: string;
  readonly isReadOnly: boolean;
}

/** Why a request is refused. */
export interface Refusal {
  /** HTTP status, 403 or 421. */
  readonly status: number;
  readonly reason: 'HOST_REFUSED' | 'ORIGIN_REFUSED' | 'TOKEN_REFUSED' | 'READ_ONLY';
  readonly message: string;
}

/**
 * Decides whether a request may pass: undefined if so. A name of another host that points to this machine, a page of another origin, and a request
 * without the page's token are refused, so that no web page that somebody has open beside the console reads from it or acts through it.
 */
export function guardRequest(facts: RequestFacts, rules: GuardRules): Refusal | undefined {
  const hosts = ['127.0.0.1', 'localhost', '[::1]'].map((host) => `${host}:${rules.port}`);
  if (facts.host === undefined || !hosts.includes(facts.host)) {
    return {
      status: 421,
      reason: 'HOST_REFUSED',
      message: `wanted one of ${hosts.join(', ')} as host, got ${facts.host ?? 'none'}; open the console at the address that \`mlmesh up\` prints`,
    };
  }
  const isSame = facts.fetchSite === undefined || sameSites.has(facts.fetchSite);
  const isRead = facts.method === 'GET' || facts.method === 'HEAD';
  if (isRead) return isSame ? undefined : foreign(facts.fetchSite ?? '');
  if (!isSame || facts.origin !== `http://${facts.host}`) return foreign(facts.origin ?? 'none');
  if (facts.token !== rules.token) {
    return {
      status: 403,
      reason: 'TOKEN_REFUSED',
      message:
        "wanted the token of the console's page, got another or none; reload the page, since the console has started again",
    };
  }
  if (!rules.isReadOnly) return undefined;
  return {
    status: 403,
    reason: 'READ_ONLY',
    message:
      'this console lets nobody act; use the mlmesh command, or start the mesh without --console readOnly=true',
  };
}

/** A request of the console's own page, or one that a person has typed. */
const sameSites: ReadonlySet<string> = new Set(['same-origin', 'none']);

function foreign(origin: string): Refusal {
  return {
    status: 403,
    reason: 'ORIGIN_REFUSED',
    message: `wanted a request of the console's own page, got one of ${origin}; act from the console itself`,
  };
}
