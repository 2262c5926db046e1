/** A version as one prediction service hosts it. */
export interface HostedVersion {
  readonly model: string;
  readonly version: number;
  /** `loading`: it will be ready in a moment; `other`: it failed, or is on its way out. */
  readonly state: 'ready' | 'loading' | 'other';
}

/**
 * Gives the versions of a model that are ready to answer: on at least one replica, and on its way to be on none. So a move of `production` waits for
 * a replica that is loading the version, and for none that can't.
 */
export function readyVersions(
  replicas: readonly (readonly HostedVersion[])[],
  model: string,
): readonly number[] {
  const hosted = replicas.flat().filter((one) => one.model === model);
  const inState = (state: HostedVersion['state']) =>
    new Set(hosted.filter((one) => one.state === state).map(({ version }) => version));
  const loading = inState('loading');
  return [...inState('ready')].filter((version) => !loading.has(version));
}
