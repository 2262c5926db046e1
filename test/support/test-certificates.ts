import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Role } from '../../services/shared/kernel/role.ts';
import {
  type IssuedPair,
  issueCertificate,
  makeAuthority,
} from '../../services/shared/platform/certificates/issue-certificate.ts';
import type { CertificateSet } from '../../services/shared/platform/grpc/tls/certificates.ts';

const dayMs = 86_400_000;

/** What differs from a certificate that is valid, for 127.0.0.1 where it is a server's. */
export interface TestCertificate {
  readonly roles?: readonly Role[];
  /** None by default: for callers alone. */
  readonly hosts?: readonly string[];
  readonly isExpired?: boolean;
}

/** An authority for tests. */
export class TestAuthority {
  readonly #pair: IssuedPair;

  private constructor(pair: IssuedPair) {
    this.#pair = pair;
  }

  static async make(): Promise<TestAuthority> {
    return new TestAuthority(await makeAuthority('test', validity(false)));
  }

  get certificate(): Buffer {
    return Buffer.from(this.#pair.certificate);
  }

  /** Makes a certificate; its holder trusts this authority. */
  async issue(name: string, given: TestCertificate = {}): Promise<CertificateSet> {
    const { roles = [], hosts = [], isExpired = false } = given;
    const subject = { name, roles, hosts };
    const pair = await issueCertificate(this.#pair, subject, validity(isExpired));
    return {
      authority: this.certificate,
      certificate: Buffer.from(pair.certificate),
      key: Buffer.from(pair.key),
    };
  }
}

function validity(isExpired: boolean) {
  const now = Date.now();
  return isExpired
    ? { fromMs: now - 2 * dayMs, untilMs: now - dayMs }
    : { fromMs: now - dayMs, untilMs: now + dayMs };
}

/** Writes a set into three files of a folder, whose paths it gives. */
export function writeCertificates(folder: string, name: string, set: CertificateSet) {
  const paths = {
    authority: join(folder, `${name}.authority.pem`),
    certificate: join(folder, `${name}.pem`),
    key: join(folder, `${name}.key`),
  };
  writeFileSync(paths.authority, set.authority);
  writeFileSync(paths.certificate, set.certificate);
  writeFileSync(paths.key, set.key);
  return paths;
}

/** Certificates that are replaced by a call rather than by a file. */
export class SwappedCertificates {
  #current: CertificateSet;
  readonly #listeners = new Set<(set: CertificateSet) => void>();

  constructor(current: CertificateSet) {
    this.#current = current;
  }

  get current(): CertificateSet {
    return this.#current;
  }

  onChange(listener: (set: CertificateSet) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  look(): Promise<void> {
    return Promise.resolve();
  }

  swap(set: CertificateSet): void {
    this.#current = set;
    for (const listener of this.#listeners) listener(set);
  }

  [Symbol.dispose](): void {
    this.#listeners.clear();
  }
}
