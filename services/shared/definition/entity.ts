import type { ColumnDefinition, KeyType } from './column.ts';
import { definitionInvalid } from './definition-error.ts';

/** What features are about: its name and the parts of its key. */
export interface EntityDefinition<K extends readonly KeyType[] = readonly KeyType[]> {
  readonly name: string;
  readonly keyTypes: K;
  /** For each part, the name of the entity that it names: the own name for a simple entity. */
  readonly keyEntities: readonly string[];
}

/** Key of a simple entity, or the entities that a composite one is made of. */
export type EntityOptions =
  | { readonly key: ColumnDefinition<KeyType> }
  | { readonly keys: readonly EntityDefinition[] };

/** Types of the key's parts that some options give. */
export type KeyTypesOf<O extends EntityOptions> = O extends {
  readonly key: ColumnDefinition<infer T extends KeyType>;
}
  ? readonly [T]
  : O extends { readonly keys: infer E extends readonly EntityDefinition[] }
    ? FlatKeyTypes<E>
    : never;

/** Key types of several entities, one after the other. */
export type FlatKeyTypes<E extends readonly EntityDefinition[]> = E extends readonly [
  infer H extends EntityDefinition,
  ...infer R extends readonly EntityDefinition[],
]
  ? readonly [...H['keyTypes'], ...FlatKeyTypes<R>]
  : readonly [];

/**
 * Gives an entity: `entity('airport', { key: text() })`, or one made of others: `entity('route', { keys: [airport, airport] })`.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID when the name is malformed or there is no key.
 */
export function entity<const O extends EntityOptions>(
  name: string,
  options: O,
): EntityDefinition<KeyTypesOf<O>> {
  if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) {
    throw definitionInvalid(`entity '${name}'`, 'wanted a name in camelCase, such as airport');
  }
  const { keyTypes, keyEntities } = keyParts(name, options);
  if (keyTypes.length === 0) {
    throw definitionInvalid(`entity '${name}'`, 'wanted a key of at least one part, got none');
  }
  // The conditional type above mirrors keyParts; the compiler can't follow it.
  return Object.freeze({ name, keyTypes: keyTypes as KeyTypesOf<O>, keyEntities });
}

function keyParts(
  name: string,
  options: EntityOptions,
): { readonly keyTypes: readonly KeyType[]; readonly keyEntities: readonly string[] } {
  if ('key' in options) return { keyTypes: [options.key.type], keyEntities: [name] };
  return {
    keyTypes: options.keys.flatMap((part) => part.keyTypes),
    keyEntities: options.keys.flatMap((part) => part.keyEntities),
  };
}
