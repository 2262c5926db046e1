import { viewId } from '../../shared/compute/plan.ts';
import type { Mesh, MeshEntity } from '../../shared/definition/mesh.ts';
import { MeshError } from '../../shared/kernel/mesh-error.ts';

/** A place of an entity's key in a source: its events are those whose columns hold the values, all of them. */
export interface EntityPlace {
  readonly source: string;
  /** Columns of the key's parts, in their order. */
  readonly columns: readonly string[];
}

/** Key columns of a source, and what they are about. */
export interface KeyedView {
  readonly source: string;
  readonly by: readonly string[];
  /** Entities of the columns, in their order: each has as many as its key has parts. */
  readonly entities: readonly MeshEntity[];
}

/** An entity of the mesh and its key, checked. */
export interface KeyedEntity {
  readonly entity: string;
  /** In the order of the entity's key. */
  readonly key: readonly string[];
  /** At least one. */
  readonly places: readonly EntityPlace[];
}

/** Longest part of a key, in UTF-16 units. */
const keyPartLengthMax = 128;

/** What entities there are, and where. */
export interface KeyedMesh {
  readonly entities: readonly MeshEntity[];
  readonly views: readonly KeyedView[];
}

/**
 * Gives the entities of a mesh and of feature sets that it had before: their events are in the log, whether or not anybody
 * groups them by that key any more.
 */
export function keyedMesh(mesh: Mesh, earlier: readonly KeyedView[]): KeyedMesh {
  // Columns that a source has no more stand in its old events.
  const sources = new Set(mesh.sources.map(({ name }) => name));
  const views = [...keyedViews(mesh), ...earlier.filter(({ source }) => sources.has(source))];
  const entities = new Map(mesh.entities.map((entity) => [entity.name, entity]));
  for (const entity of views.flatMap((view) => view.entities)) {
    if (!entities.has(entity.name)) entities.set(entity.name, entity);
  }
  return { entities: [...entities.values()], views };
}

/** Gives the key columns of the features of a mesh. */
export function keyedViews({
  entities,
  features,
  views,
}: Pick<Mesh, 'entities' | 'features' | 'views'>): readonly KeyedView[] {
  const found = new Map<string, KeyedView>();
  for (const feature of features) {
    const view = views.find(({ source, by }) => viewId(source, by) === feature.view);
    if (view === undefined) continue;
    const about = feature.entities.map(
      (name) => entities.find((entity) => entity.name === name) ?? { name, keyEntities: [name] },
    );
    const keyed = { source: view.source, by: view.by, entities: about };
    found.set(JSON.stringify(keyed), keyed);
  }
  return [...found.values()];
}

/**
 * Finds the places of an entity by the features that are about it, or about entities that it is a part of.
 * @throws {MeshError} NOT_FOUND / INVALID_FIELD for an entity that the mesh does not have, or no feature is about;
 * INVALID_ARGUMENT / INVALID_FIELD for parts of the key that are missing, unknown, empty or too long.
 */
export function keyedEntity(
  { entities, views }: KeyedMesh,
  name: string,
  keys: ReadonlyMap<string, string>,
): KeyedEntity {
  const entity = entities.find((candidate) => candidate.name === name);
  const names = entities.map((candidate) => candidate.name).join(', ');
  if (entity === undefined) {
    throw invalid(
      'NOT_FOUND',
      'entity',
      `the mesh has no entity '${name.slice(0, 64)}'; it has ${names}`,
    );
  }
  const places = placesOf(views, entity);
  if (places.length === 0) {
    throw invalid('NOT_FOUND', 'entity', `no feature is about entity '${name}'`);
  }
  return { entity: name, key: keyOf(entity, places, keys), places };
}

function placesOf(views: readonly KeyedView[], entity: MeshEntity): readonly EntityPlace[] {
  const places = new Map<string, EntityPlace>();
  for (const { source, by, entities } of views) {
    let at = 0;
    for (const { name, keyEntities } of entities) {
      const columns = by.slice(at, at + keyEntities.length);
      at += keyEntities.length;
      const own =
        name === entity.name
          ? [columns]
          : columns.filter((_, part) => keyEntities[part] === entity.name).map((part) => [part]);
      for (const found of own) {
        const place = { source, columns: found };
        places.set(JSON.stringify(place), place);
      }
    }
  }
  return [...places.values()];
}

/** A part may be named by its entity, where only one part has it, or by the column of a place. */
function keyOf(
  { name, keyEntities }: MeshEntity,
  places: readonly EntityPlace[],
  keys: ReadonlyMap<string, string>,
): readonly string[] {
  const namesOf = keyEntities.map((keyEntity, part) => [
    ...(keyEntities.indexOf(keyEntity) === keyEntities.lastIndexOf(keyEntity) ? [keyEntity] : []),
    ...places.flatMap(({ columns }) => columns[part] ?? []),
  ]);
  const wanted = namesOf.map((names) => [...new Set(names)].join(' or ')).join(', ');
  for (const given of keys.keys()) {
    if (namesOf.some((names) => names.includes(given))) continue;
    throw invalid(
      'INVALID_ARGUMENT',
      'keys',
      `the key of entity '${name}' has no part '${given.slice(0, 64)}'; wanted ${wanted}`,
    );
  }
  return namesOf.map((names) => {
    const values = new Set(names.flatMap((each) => keys.get(each) ?? []));
    const [value = ''] = values;
    if (values.size === 1 && value.length >= 1 && value.length <= keyPartLengthMax) return value;
    throw invalid(
      'INVALID_ARGUMENT',
      'keys',
      `wanted one value of 1 to ${keyPartLengthMax} characters for each part of the key of entity '${name}' (${wanted}), got ${values.size === 1 ? `one of ${value.length} characters` : `${values.size} values`} for ${names.join(' or ')}`,
    );
  });
}

function invalid(code: 'NOT_FOUND' | 'INVALID_ARGUMENT', field: string, description: string) {
  return new MeshError({
    code,
    reason: 'INVALID_FIELD',
    message: `${field}: ${description}`,
    violations: [{ field, description }],
  });
}
