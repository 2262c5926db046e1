import type { FeatureSetPlan } from '../../shared/compute/plan.ts';
import type { Clock } from '../../shared/kernel/clock.ts';
import { messageOf } from '../../shared/kernel/mesh-error.ts';
import { readProfile } from '../core/statistics/read-profile.ts';
import type {
  KeptReference,
  ReferenceSource,
  VersionKey,
  VersionReference,
  WindowStore,
} from '../ports.ts';
import { noReference, VersionReader } from './version-reader.ts';

/** What a desk is made of. */
export interface ReferenceDeskParts {
  readonly source: ReferenceSource;
  readonly store: WindowStore;
  readonly clock: Clock;
  /** The feature sets of the mesh file, by hash. */
  readonly featureSets: ReadonlyMap<string, FeatureSetPlan>;
}

/** What could not be learnt of a version, and when it is asked for again. */
interface Gap {
  readonly why: string;
  readonly againMs: number;
}

// 5 s: a registry that restarts is back by then, and one that stays away is asked twelve times a minute.
const againMs = 5_000;

/** Gives what versions are counted against, from what is kept here; what is not is asked of the registry once and kept. So a monitor works on without a registry, and says what it lacks. */
export class ReferenceDesk {
  readonly #parts: ReferenceDeskParts;
  readonly #gaps = new Map<string, Gap>();

  constructor(parts: ReferenceDeskParts) {
    this.#parts = parts;
  }

  /** Gives how answers of a version are read, where all of its reference is at hand. */
  kept(key: VersionKey): VersionReader | undefined {
    if (key.version === 0) return new VersionReader(noReference);
    const reference = this.#parts.store.reference(key);
    return reference && this.#readerOf(reference);
  }

  /** Asks for the reference of a version and keeps it; undefined where it could not be learnt, which {@link gap} explains, or is not to be asked again yet. */
  async fetch(key: VersionKey, signal: AbortSignal): Promise<VersionReader | undefined> {
    const { clock, store } = this.#parts;
    const name = nameOf(key);
    const nowMs = clock.monotonic();
    if (nowMs < (this.#gaps.get(name)?.againMs ?? 0)) return undefined;
    try {
      const reference = await this.#ask(key, signal);
      const reader = this.#readerOf(reference, reference);
      await store.keepReference(key, reference);
      this.#gaps.delete(name);
      return reader;
    } catch (error) {
      signal.throwIfAborted();
      this.#gaps.set(name, { why: messageOf(error), againMs: nowMs + againMs });
      return undefined;
    }
  }

  /** Says what could not be learnt of a version; empty where nothing failed. */
  gap(key: VersionKey): string {
    return this.#gaps.get(nameOf(key))?.why ?? '';
  }

  async #ask({ model, version }: VersionKey, signal: AbortSignal): Promise<KeptReference> {
    const { source, store, featureSets } = this.#parts;
    const found = await source.find(model, version, signal);
    const { profileDigest, featureSetHash } = found;
    // What is bound to no feature set has no rows that could be compared with a profile.
    if (profileDigest === '' || featureSetHash === '') return { profileDigest: '', featureSetHash };
    const profile = store.profile(profileDigest) ?? (await source.profile(profileDigest, signal));
    const known = featureSets.get(featureSetHash) ?? store.featureSet(featureSetHash);
    const featureSet = known ?? (await source.featureSet(featureSetHash, signal));
    return { profileDigest, featureSetHash, profile, featureSet };
  }

  #readerOf(
    { profileDigest, featureSetHash }: VersionReference,
    fetched: Pick<KeptReference, 'profile' | 'featureSet'> = {},
  ): VersionReader | undefined {
    if (profileDigest === '') return new VersionReader(noReference);
    const { store, featureSets } = this.#parts;
    const bytes = fetched.profile ?? store.profile(profileDigest);
    const featureSet =
      fetched.featureSet ?? featureSets.get(featureSetHash) ?? store.featureSet(featureSetHash);
    if (bytes === undefined || featureSet === undefined) return undefined;
    return new VersionReader({ profileDigest, profile: readProfile(bytes), featureSet });
  }
}

function nameOf({ model, version }: VersionKey): string {
  return `${version}/${model}`;
}
