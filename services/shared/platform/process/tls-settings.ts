import { MeshError } from '../../kernel/mesh-error.ts';

/** Where a process finds what it proves itself with, and whom it trusts. Paths of PEM files; all are looked at again while it runs. */
export interface TlsSettings {
  /** Certificates of the authorities that are trusted. */
  readonly authority: string;
  /** The process's own certificate, with those between it and the authority behind it. */
  readonly certificate: string;
  /** Its private key. */
  readonly key: string;
  /** A JSON file of who may do what; undefined where certificates alone say it. Only servers read it. */
  readonly access: string | undefined;
}

/**
 * Parses the field `tls` of a configuration, where it has one.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG
 */
export function tlsSettingsIn(configuration: Readonly<Record<string, unknown>>): {
  readonly tls?: TlsSettings;
} {
  const { tls } = configuration;
  return tls === undefined ? {} : { tls: parseTlsSettings(tls) };
}

function parseTlsSettings(value: unknown): TlsSettings {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Readonly<
    Record<string, unknown>
  >;
  const pathAt = (name: string): string => {
    const path = fields[name];
    if (typeof path === 'string' && path !== '') return path;
    throw new MeshError({
      code: 'INVALID_ARGUMENT',
      reason: 'INVALID_CONFIG',
      message: `wanted the path of a file in field 'tls.${name}', got ${path === undefined ? 'nothing' : JSON.stringify(path)}`,
    });
  };
  return {
    authority: pathAt('authority'),
    certificate: pathAt('certificate'),
    key: pathAt('key'),
    access: fields['access'] === undefined ? undefined : pathAt('access'),
  };
}
