import { MeshError } from '../shared/kernel/mesh-error.ts';

/** Type of a request feature as the router names it. */
const inputTypes = new Map([
  ['number', 'number'],
  ['text', 'string'],
  ['flag', 'boolean'],
  ['time', 'Date'],
]);

/** A model as a module for callers describes it. */
export interface ClientModel {
  readonly model: string;
  readonly joinKeys: readonly string[];
  /** By name: number, text, flag or time. */
  readonly requestFeatures: Readonly<Record<string, string>>;
  /** Names of the outputs, in order. */
  readonly outputs: readonly string[];
  /** Version whose serving signature names them; 0 while nobody serves, when a model has the one output that its mesh names. */
  readonly version: number;
}

/** What a module is written from. */
export interface ClientModuleSource {
  readonly mesh: string;
  readonly models: readonly ClientModel[];
  /** Module that the written one imports. */
  readonly importFrom: string;
}

/**
 * Gives a TypeScript module with a typed function for each model of a mesh, models and fields in the order of their names, so that the same mesh gives
 * the same text.
 * @throws {MeshError} FAILED_PRECONDITION / DEFINITION_INVALID when two models or fields come to the same name, or a name is both a key and a feature of another type
 */
export function clientModule({ mesh, models, importFrom }: ClientModuleSource): string {
  const sorted = [...models].sort((left, right) => (left.model < right.model ? -1 : 1));
  assertDistinct(sorted.map(({ model }) => camelCase(model)));
  const blocks = sorted.map(modelBlock);
  const entries = sorted.map(
    ({ model }) => `    ${camelCase(model)}: ${camelCase(model)}Client(mesh),`,
  );
  const name = pascalCase(mesh);
  return [
    `// Written by \`mlmesh client\` for the mesh '${mesh}'; write it anew when a model takes or gives something else.`,
    `import { type ConnectOptions, connect, type MeshClient, type ModelClient, modelClient } from '${importFrom}';`,
    '',
    ...blocks,
    `/** Connects to the mesh '${mesh}': \`mesh.${camelCase(sorted[0]?.model ?? 'model')}.predict({ ... })\`. Close it when it is no longer needed. */`,
    `export function connect${name}(options: ConnectOptions | string) {`,
    '  const mesh = connect(options);',
    '  return {',
    ...entries,
    '    recordOutcomes: mesh.recordOutcomes,',
    '    close: mesh.close,',
    '  };',
    '}',
    '',
  ].join('\n');
}

function modelBlock({ model, joinKeys, requestFeatures, outputs, version }: ClientModel): string {
  const name = pascalCase(model);
  const fields = inputFields(model, joinKeys, requestFeatures);
  const by = version === 0 ? 'its mesh file' : `version ${version}`;
  return [
    `/** What model '${model}' is asked with. */`,
    `export interface ${name}Input {`,
    ...[...fields].map(([field, type]) => `  readonly ${property(field)}: ${type};`),
    '}',
    '',
    `/** What model '${model}' gives, by the signature of ${by}. */`,
    `export interface ${name}Outputs {`,
    ...outputs.map((output) => `  readonly ${property(output)}: number;`),
    '}',
    '',
    `function ${camelCase(model)}Client(mesh: MeshClient): ModelClient<${name}Input, ${name}Outputs> {`,
    '  return modelClient(mesh, {',
    `    model: ${text(model)},`,
    `    entities: [${joinKeys.map(text).join(', ')}],`,
    `    features: [${namesOf(requestFeatures).map(text).join(', ')}],`,
    `    outputs: [${outputs.map(text).join(', ')}],`,
    '  });',
    '}',
    '',
  ].join('\n');
}

function inputFields(
  model: string,
  joinKeys: readonly string[],
  requestFeatures: Readonly<Record<string, string>>,
): ReadonlyMap<string, string> {
  const fields = new Map(joinKeys.map((key) => [key, 'string']));
  for (const feature of namesOf(requestFeatures)) {
    const type = inputTypes.get(requestFeatures[feature] ?? '') ?? 'string';
    if ((fields.get(feature) ?? type) !== type) {
      throw invalid(
        `model '${model}' has an entity key and a request feature called '${feature}', and the feature is no text: one field can't be both; rename the feature`,
      );
    }
    fields.set(feature, type);
  }
  return fields;
}

/** `flight-delay` becomes `flightDelay`. */
export function camelCase(name: string): string {
  const joined = name.replace(/[^A-Za-z0-9]+(.)?/g, (_, next: string = '') => next.toUpperCase());
  return /^[0-9]/.test(joined) ? `_${joined}` : joined;
}

function namesOf(record: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(record).sort((left, right) => (left < right ? -1 : 1));
}

function pascalCase(name: string): string {
  const camel = camelCase(name);
  return camel.charAt(0).toUpperCase() + camel.slice(1);
}

function property(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : text(name);
}

function text(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/** Names that the object of a mesh has of its own. */
const ownNames = ['recordOutcomes', 'close'];

function assertDistinct(names: readonly string[]): void {
  const all = [...ownNames, ...names];
  const twice = all.find((name, at) => all.indexOf(name) !== at);
  if (twice === undefined) return;
  throw invalid(`two things of the mesh would be called '${twice}' in TypeScript; rename a model`);
}

function invalid(message: string): MeshError {
  return new MeshError({ code: 'FAILED_PRECONDITION', reason: 'DEFINITION_INVALID', message });
}
