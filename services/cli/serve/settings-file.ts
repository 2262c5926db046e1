import type { AddressList, MeshAddresses } from '../../shared/platform/process/mesh-addresses.ts';
import type { ProcessName } from '../../shared/platform/process/service-name.ts';
import type { TlsSettings } from '../../shared/platform/process/tls-settings.ts';

/** What stands in another place than the settings. */
export type SettingReference = { readonly environment: string } | { readonly file: string };

/** A value of an option, or where it is. */
export type OptionValue = string | number | boolean | SettingReference;

/** Where each service of a mesh is found, and its console where it has one. */
export type SettingsAddresses = MeshAddresses & { readonly console?: AddressList };

/** Settings as they stand in their file; `deploy/settings.schema.json` documents each. */
export interface SettingsFile {
  readonly mesh?: string;
  readonly dataDirectory: string;
  readonly bind?: string;
  readonly addresses: SettingsAddresses;
  readonly tls?: TlsSettings;
  readonly telemetryEndpoint?: string;
  readonly metricsPortOffset?: number;
  readonly options?: Partial<Record<ProcessName, Readonly<Record<string, OptionValue>>>>;
}
