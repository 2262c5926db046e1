import type { FeatureInput } from '../../client/to-value.ts';
import { compileExpression } from '../../shared/compute/expression.ts';
import type { SourcePlan } from '../../shared/compute/plan.ts';
import type { Mesh, MeshModel } from '../../shared/definition/mesh.ts';
import type { SourceRows } from './source-rows.ts';

/** What a caller would have asked for an example. */
export interface ExampleRequest {
  readonly entities: Readonly<Record<string, string>>;
  readonly features: Readonly<Record<string, FeatureInput>>;
  readonly at: Date;
}

/** Gives the request of an example. `eventTime` is the column with its time. */
export function exampleRequest(
  model: MeshModel,
  eventTime: string,
  rows: SourceRows,
  index: number,
): ExampleRequest {
  const features: Record<string, FeatureInput> = {};
  for (const { name, type } of model.requestInputs) {
    const value = rows.numbers.get(name)?.[index] ?? Number.NaN;
    features[name] =
      type === 'text'
        ? (rows.texts.get(name)?.[index] ?? '')
        : type === 'timestamp'
          ? new Date(value)
          : type === 'bool'
            ? value === 1
            : value;
  }
  const entities: Record<string, string> = {};
  for (const { name } of model.joinKeys) {
    entities[name] = rows.texts.get(name)?.[index] ?? String(rows.numbers.get(name)?.[index]);
  }
  return { entities, features, at: new Date(rows.numbers.get(eventTime)?.[index] ?? 0) };
}

/** Gives what computes the label of an example: 1 or 0, NaN when it has none. */
export function labelFunction(
  { pipeline }: MeshModel,
  source: SourcePlan,
): (rows: SourceRows, index: number) => number {
  const names = source.columns.filter(({ type }) => type !== 'text').map(({ name }) => name);
  const label = compileExpression(pipeline.label, names);
  return (rows, index) => {
    const columns = names.map((name) => rows.numbers.get(name) ?? new Float64Array(rows.rows));
    return label(columns, index);
  };
}

/** Gives the source whose events are the examples of a model. */
export function examplesOf(mesh: Mesh, { pipeline }: MeshModel): SourcePlan | undefined {
  return mesh.sources.find(({ name }) => name === pipeline.examples);
}
