import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import type { ModelVersion } from './model-version.ts';

/** A field in which two versions differ; '' stands for a value that is missing. */
export interface FieldDifference {
  /** Names of the contract, such as training_data.rows. */
  readonly path: string;
  readonly leftJson: string;
  readonly rightJson: string;
}

/** Gives the fields of the provenance in which two versions differ, by path. Hyperparameters are compared one by one. */
export function diffVersions(left: ModelVersion, right: ModelVersion): readonly FieldDifference[] {
  const [leftLeaves, rightLeaves] = [leavesOf(left), leavesOf(right)];
  const paths = [...new Set([...leftLeaves.keys(), ...rightLeaves.keys()])].sort((one, other) =>
    one < other ? -1 : 1,
  );
  return paths.flatMap((path) => {
    const leftJson = leftLeaves.get(path) ?? '';
    const rightJson = rightLeaves.get(path) ?? '';
    return leftJson === rightJson ? [] : [{ path, leftJson, rightJson }];
  });
}

function leavesOf({ provenance }: ModelVersion): ReadonlyMap<string, string> {
  const { hyperparametersJson, ...rest } = provenance;
  const leaves = new Map<string, string>();
  collect(rest, '', leaves);
  collect({ hyperparameters: JSON.parse(hyperparametersJson) }, '', leaves);
  return leaves;
}

function collect(value: unknown, path: string, leaves: Map<string, string>): void {
  if (typeof value !== 'object' || value === null) {
    leaves.set(path, canonicalJson(value));
    return;
  }
  const isList = Array.isArray(value);
  for (const [key, member] of Object.entries(value)) {
    const name = isList ? `[${key}]` : snakeCase(key);
    collect(member, path === '' || isList ? `${path}${name}` : `${path}.${name}`, leaves);
  }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
