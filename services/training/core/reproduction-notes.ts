import type { TrainingEnvironment } from './provenance.ts';

/** Says in which parts two environments differ; they may be why bits do. */
export function compareEnvironments(
  recorded: TrainingEnvironment,
  now: TrainingEnvironment,
): readonly string[] {
  const notes: string[] = [];
  for (const part of ['runtime', 'system'] as const) {
    if (recorded[part] !== now[part]) {
      notes.push(`the ${part} was ${recorded[part]}, and is ${now[part]} here`);
    }
  }
  const gone = recorded.packages.filter((name) => !now.packages.includes(name));
  const come = now.packages.filter((name) => !recorded.packages.includes(name));
  if (gone.length > 0) notes.push(`packages that are not here: ${gone.join(', ')}`);
  if (come.length > 0) notes.push(`packages that were not there: ${come.join(', ')}`);
  const paths = [...new Set([...Object.keys(recorded.files), ...Object.keys(now.files)])];
  const changed = paths.filter((path) => recorded.files[path] !== now.files[path]);
  if (changed.length > 0) notes.push(`files of the trainer that differ: ${changed.join(', ')}`);
  return notes;
}
