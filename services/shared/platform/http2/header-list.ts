/** What a header is to a request, or to its answer. */
export const headerKinds = {
  regular: 0,
  method: 1,
  scheme: 2,
  authority: 3,
  path: 4,
  te: 5,
  /** None that HTTP/2 may have. */
  wrong: 6,
  status: 7,
} as const;

/** A number out of {@link headerKinds}. */
export type HeaderKind = (typeof headerKinds)[keyof typeof headerKinds];

const byName: Readonly<Record<string, HeaderKind>> = {
  ':method': headerKinds.method,
  ':scheme': headerKinds.scheme,
  ':authority': headerKinds.authority,
  ':path': headerKinds.path,
  ':status': headerKinds.status,
  te: headerKinds.te,
  connection: headerKinds.wrong,
  'keep-alive': headerKinds.wrong,
  'proxy-connection': headerKinds.wrong,
  'transfer-encoding': headerKinds.wrong,
  upgrade: headerKinds.wrong,
};
const kinds = new Map(Object.entries(byName));
const token = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;

/**
 * Says what a header of this name is to a request, or to its answer.
 * @source RFC 9113, 8.2 and 8.3
 */
export function headerKindOf(name: string): HeaderKind {
  return kinds.get(name) ?? (token.test(name) ? headerKinds.regular : headerKinds.wrong);
}

/** The headers of a request, or of its answer, names in lower case. */
export class HeaderList {
  method = '';
  scheme = '';
  authority: string | undefined;
  path = '';
  /** Of an answer. */
  status = '';
  /** Whether it is nothing that HTTP/2 allows. */
  isWrong = false;
  readonly #names: string[] = [];
  readonly #values: string[] = [];
  #sizeBytes = 0;

  /** Headers, without those whose names begin with a colon. */
  get length(): number {
    return this.#names.length;
  }

  /** What it counts for against SETTINGS_MAX_HEADER_LIST_SIZE. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Takes the next header as it came. */
  add(name: string, value: string, kind: HeaderKind): void {
    this.#sizeBytes += name.length + value.length + 32;
    if (kind === headerKinds.regular || kind === headerKinds.te) {
      if (kind === headerKinds.te && value !== 'trailers') this.isWrong = true;
      this.#names.push(name);
      this.#values.push(value);
      return;
    }
    // All of these come before the others, and once.
    if (this.#names.length > 0) this.isWrong = true;
    this.#addPseudo(value, kind);
  }

  /** Gives the value of a header, several joined as HTTP does; undefined where it is missing. */
  get(name: string): string | undefined {
    const names = this.#names;
    let found: string | undefined;
    for (let at = 0; at < names.length; at += 1) {
      if (names[at] !== name) continue;
      const value = this.#values[at] ?? '';
      found = found === undefined ? value : `${found}, ${value}`;
    }
    return found;
  }

  /** Gives all as an object, those with a colon too, as Node's HTTP/2 does. */
  toObject(): Record<string, string> {
    // A header may be called `constructor`.
    const all = Object.create(null) as Record<string, string>;
    all[':method'] = this.method;
    all[':scheme'] = this.scheme;
    all[':path'] = this.path;
    if (this.authority !== undefined) all[':authority'] = this.authority;
    for (const name of this.#names) all[name] ??= this.get(name) ?? '';
    return all;
  }

  /** Says whether it is a request that HTTP/2 allows, all of it being there. */
  isWholeRequest(): boolean {
    const { method, scheme, path, status } = this;
    return !this.isWrong && method !== '' && scheme !== '' && path !== '' && status === '';
  }

  /** Says whether it is an answer, or what follows one, that HTTP/2 allows. */
  isWholeAnswer(): boolean {
    const { method, scheme, path, authority } = this;
    return (
      !this.isWrong && method === '' && scheme === '' && path === '' && authority === undefined
    );
  }

  #addPseudo(value: string, kind: HeaderKind): void {
    switch (kind) {
      case headerKinds.method:
        if (this.method !== '') this.isWrong = true;
        this.method = value;
        return;
      case headerKinds.scheme:
        if (this.scheme !== '') this.isWrong = true;
        this.scheme = value;
        return;
      case headerKinds.path:
        if (this.path !== '') this.isWrong = true;
        this.path = value;
        return;
      case headerKinds.authority:
        if (this.authority !== undefined) this.isWrong = true;
        this.authority = value;
        return;
      case headerKinds.status:
        if (this.status !== '') this.isWrong = true;
        this.status = value;
        return;
      default:
        this.isWrong = true;
    }
  }
}
