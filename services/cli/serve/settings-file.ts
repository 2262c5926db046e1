import type { MeshAddresses } from '../../shared/platform/process/mesh-addresses.ts';
import type { ServiceName } from '../../shared/platform/process/service-name.ts';
import type { TlsSettings } from '../../shared/platform/process/tls-settings.ts';

/** What stands in another place than the settings. */
export type SettingReference = { readonly environment: string } | { readonly file: string };

/** A value of an option, or where it is. */
export type OptionValue = string | number | boolean | SettingReference;

/** Settings as they stand in their file; `deploy/settings.schema.json` documents each. */
export interface SettingsFile {
  readonly mesh?: string;
  readonly dataDirectory: string;
  readonly bind?: string;
  readonly addresses: MeshAddresses;
  readonly tls?: TlsSettings;
  readonly telemetryEndpoint?: string;
  readonly options?: Partial<Record<ServiceName, Readonly<Record<string, OptionValue>>>>;
}
