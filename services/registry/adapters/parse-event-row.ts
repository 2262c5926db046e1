import { logCorrupt, type RegistryEvent } from '../core/registry-event.ts';

/**
 * Gives the event of a row.
 * @throws {MeshError} DATA_LOSS / LOG_CORRUPT when it is not JSON
 */
export function parseEventRow(sequence: number, text: string): RegistryEvent {
  try {
    // What an adapter wrote; the hash chain finds anything else that is JSON.
    return JSON.parse(text) as RegistryEvent;
  } catch (error) {
    throw logCorrupt(sequence, 'its row is not JSON', error);
  }
}
