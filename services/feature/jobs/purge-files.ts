import { hiddenPlaces, settledErasure } from '../core/erasure.ts';
import { type JobContext, type JobRun, schemaOf } from './job-context.ts';
import type { JobResults } from './job-protocol.ts';

/**
 * Rewrites the files that still hold erased events, source by source. A file takes the place of the old one at once, and what
 * was interrupted goes on where it was. Scans leave the events out until the job comes by again: by then nobody reads the old
 * file any more, and it is removed. Gives how many files it has rewritten.
 */
export async function purgeFiles(context: JobContext, run: JobRun): Promise<JobResults['purge']> {
  let files = 0;
  for (const { name: source } of context.mesh.sources) {
    const works = context.store.erasures().filter((work) => work.files.includes(source));
    const last = works.at(-1);
    if (last === undefined) continue;
    const places = hiddenPlaces(works, source);
    const name = `without-${last.erasure.seq}`;
    const schema = schemaOf(context.mesh, source);
    if (!(await context.purger.purge(schema, { places, name }, run.signal))) {
      files += 1;
      continue;
    }
    context.purger.removeOldFiles(source);
    for (const work of works) {
      const left = work.files.filter((file) => file !== source);
      await context.store.writeErasure(settledErasure({ ...work, files: left }));
    }
  }
  return { files };
}
