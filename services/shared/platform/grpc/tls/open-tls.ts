import type { Logger } from '../../../kernel/logger.ts';
import { logEvent } from '../../process/event-log.ts';
import type { TlsSettings } from '../../process/tls-settings.ts';
import { AccessGate } from './access-gate.ts';
import { type AccessList, emptyAccessList, parseAccessList } from './access-list.ts';
import { type Certificates, openCertificates } from './certificates.ts';
import type { ClientTls } from './secure-options.ts';
import { WatchedFiles, type WatchNotice } from './watched-files.ts';

/** What a server proves itself with, and who may call it. */
export interface ServerTls {
  readonly certificates: Certificates;
  readonly gate: AccessGate;
}

/** The TLS of one process, as a server and as a client of others; its files are followed. */
export interface MeshTls extends Disposable {
  readonly server: ServerTls;
  readonly client: ClientTls;
  /** Looks at the files now rather than in a second. */
  look(): Promise<void>;
}

/**
 * Opens the TLS of a process; undefined without settings, which is plain text.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_CONFIG when a file is missing, or they don't fit together.
 */
export function openTls(
  settings: TlsSettings | undefined,
  log: Pick<Logger, 'info' | 'warn'> = { info: logEvent, warn: logEvent },
): MeshTls | undefined {
  if (settings === undefined) return undefined;
  const onNotice = (notice: WatchNotice) => {
    const paths = notice.paths.join(', ');
    if (notice.kind === 'reloaded') log.info('tls-reloaded', { paths });
    else log.warn('tls-refused', { paths, message: notice.message });
  };
  const certificates = openCertificates(settings, onNotice);
  const access = openAccess(settings.access, onNotice);
  return {
    server: { certificates, gate: new AccessGate(() => access?.current ?? emptyAccessList) },
    client: certificates,
    look: async () => {
      await Promise.all([certificates.look(), access?.look()]);
    },
    [Symbol.dispose]() {
      certificates[Symbol.dispose]();
      access?.[Symbol.dispose]();
    },
  };
}

function openAccess(
  path: string | undefined,
  onNotice: (notice: WatchNotice) => void,
): WatchedFiles<AccessList> | undefined {
  if (path === undefined) return undefined;
  return new WatchedFiles({
    paths: [path],
    parse: ([file]) => parseAccessList(file?.toString('utf8') ?? ''),
    onNotice,
  });
}
