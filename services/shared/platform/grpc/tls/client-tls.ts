import { MeshError } from '../../../kernel/mesh-error.ts';
import { openCertificates } from './certificates.ts';
import type { ClientTls } from './secure-options.ts';
import { WatchedFiles, type WatchNotice } from './watched-files.ts';

/** How a caller reaches a mesh with TLS: with a certificate of its own, or with a bearer token. */
export interface ClientTlsOptions {
  /** Path of the authority's certificate, PEM. */
  readonly authority: string;
  /** Path of the caller's own certificate, PEM; needs `key`. */
  readonly certificate?: string | undefined;
  /** Path of its private key, PEM. */
  readonly key?: string | undefined;
  /** Bearer token, which goes with each call. */
  readonly token?: string | undefined;
}

/** The TLS of a caller, whose files are followed until it is disposed of. */
export type OpenClientTls = ClientTls & Disposable;

/**
 * Opens the TLS of a caller.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when a file is missing, or they don't fit together.
 */
export function openClientTls(
  { authority, certificate, key, token }: ClientTlsOptions,
  onNotice: (notice: WatchNotice) => void = () => undefined,
): OpenClientTls {
  if ((certificate === undefined) !== (key === undefined)) {
    throw new MeshError({
      code: 'INVALID_ARGUMENT',
      reason: 'INVALID_CONFIG',
      message: 'wanted a certificate and its key, or neither, got one of them',
    });
  }
  const files =
    certificate !== undefined && key !== undefined
      ? openCertificates({ authority, certificate, key }, onNotice)
      : new WatchedFiles({
          paths: [authority],
          parse: ([file = Buffer.alloc(0)]) => ({ authority: file }),
          onNotice,
        });
  return {
    get current() {
      return files.current;
    },
    token: token === undefined ? undefined : () => token,
    [Symbol.dispose]: () => files[Symbol.dispose](),
  };
}
