import { type OpenClientTls, openClientTls } from '../../shared/platform/grpc/tls/client-tls.ts';
import type { TlsSettings } from '../../shared/platform/process/tls-settings.ts';
import { ownSettings } from './tls-folder.ts';

/** The certificates of whoever runs a command, as files and as what clients take. */
export interface CallerTls {
  readonly settings: TlsSettings;
  readonly client: OpenClientTls;
}

/**
 * Opens the certificates of whoever runs a command; undefined for a mesh without TLS.
 * @throws {MeshError} FAILED_PRECONDITION or INVALID_ARGUMENT / INVALID_CONFIG
 */
export function openCallerTls(
  folder: string | undefined,
  as: string | undefined,
): CallerTls | undefined {
  if (folder === undefined) return undefined;
  const settings = ownSettings(folder, as);
  const { authority, certificate, key } = settings;
  return { settings, client: openClientTls({ authority, certificate, key }) };
}
