import { randomUUID } from 'node:crypto';
import { canonicalJson } from '../../shared/compute/canonical-json.ts';
import {
  isUniqueViolation,
  type PostgresClient,
} from '../../shared/platform/store/postgres-client.ts';
import { logCorrupt, type RegistryEvent } from '../core/registry-event.ts';
import type { LogStore } from '../ports.ts';
import { logConflict } from './log-conflict.ts';
import { parseEventRow } from './parse-event-row.ts';

const pageEvents = 1_000;

const createTable = `
  CREATE TABLE IF NOT EXISTS mlmesh_registry_events (
    mesh text NOT NULL,
    sequence bigint NOT NULL,
    append_id uuid NOT NULL,
    body text NOT NULL,
    PRIMARY KEY (mesh, sequence)
  )`;

/** Two that append after the same event both see it as the last; the key lets one of them through, with all its rows or none. */
const insertEvents = `
  INSERT INTO mlmesh_registry_events (mesh, sequence, append_id, body)
  SELECT $1, $2::bigint + at, $3::uuid, body FROM unnest($4::text[]) WITH ORDINALITY AS event (body, at)
  WHERE $2::bigint = (SELECT coalesce(max(sequence), 0) FROM mlmesh_registry_events WHERE mesh = $1)`;

const readAppendId =
  'SELECT append_id FROM mlmesh_registry_events WHERE mesh = $1 AND sequence = $2::bigint';

const readEnd =
  'SELECT coalesce(max(sequence), 0) AS "end" FROM mlmesh_registry_events WHERE mesh = $1';

const readPage = `
  SELECT sequence, body FROM mlmesh_registry_events
  WHERE mesh = $1 AND sequence >= $2::bigint ORDER BY sequence LIMIT ${pageEvents}`;

/**
 * The log in a table of Postgres, which several meshes may share: an event a row, by mesh and sequence, as canonical JSON. Any number of
 * registries may append. An append bears an id, so one whose connection broke can be sent again and still happens once.
 */
export class PostgresLog implements LogStore {
  readonly #client: PostgresClient;
  readonly #mesh: string;

  private constructor(client: PostgresClient, mesh: string) {
    this.#client = client;
    this.#mesh = mesh;
  }

  /** Gives the log of a mesh; its table is made where it is missing. @throws {MeshError} what {@link PostgresClient.query} says */
  static async open(client: PostgresClient, mesh: string): Promise<PostgresLog> {
    try {
      await client.query(createTable);
    } catch (error) {
      // Two that make the table at the same time: one of them made it.
      if (!isUniqueViolation(error)) throw error;
    }
    return new PostgresLog(client, mesh);
  }

  async append(expectedSequence: number, events: readonly RegistryEvent[]): Promise<void> {
    const appendId = randomUUID();
    const bodies = events.map((event) => canonicalJson(event));
    if (await this.#insert(expectedSequence, appendId, bodies)) return;
    // Refused: by another append, or by this one, of whose success the broken connection could not tell.
    const { rows } = await this.#client.query(readAppendId, [this.#mesh, expectedSequence + 1]);
    if (rows[0]?.['append_id'] === appendId) return;
    const found = await this.#client.query(readEnd, [this.#mesh]);
    throw logConflict(expectedSequence, Number(found.rows[0]?.['end'] ?? 0));
  }

  async *read(fromSequence: number): AsyncGenerator<RegistryEvent> {
    let next = fromSequence;
    for (;;) {
      const { rows } = await this.#client.query(readPage, [this.#mesh, next]);
      for (const { sequence, body } of rows) {
        // A gap would be a row that somebody has removed.
        if (Number(sequence) !== next) throw logCorrupt(next, 'its row is missing');
        yield parseEventRow(next, String(body));
        next += 1;
      }
      if (rows.length < pageEvents) return;
    }
  }

  async #insert(
    expectedSequence: number,
    appendId: string,
    bodies: readonly string[],
  ): Promise<boolean> {
    try {
      const values = [this.#mesh, expectedSequence, appendId, bodies];
      return (await this.#client.query(insertEvents, values)).count === bodies.length;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }
}
