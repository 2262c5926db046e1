import { MeshError } from '../../shared/kernel/mesh-error.ts';

/** Others that were started at the same moment pick other ports by then. */
const triesMax = 3;

/**
 * Runs what picks free ports and listens on them a moment later; again, with others, where another program took one in between.
 * @param onTaken told before each further try
 * @throws what `run` throws; PORT_TAKEN at the third time
 */
export async function onFreePorts(run: () => Promise<void>, onTaken: () => void): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await run();
      return;
    } catch (error) {
      const isTaken = error instanceof MeshError && error.reason === 'PORT_TAKEN';
      if (!isTaken || tries === triesMax) throw error;
      onTaken();
    }
  }
}
