import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it } from 'node:test';
import type { IngestRequest__Output } from '../../gen/mlmesh/feature/v1/IngestRequest.ts';
import type { IngestAcknowledgement } from '../core/ingestor.ts';
import { ingestHandler } from './ingest-handler.ts';

const acknowledgement: IngestAcknowledgement = {
  appended: 1,
  duplicates: 0,
  lateDropped: 0,
  lateAccepted: 0,
  logOffset: 1,
};

function request(batchId: number): IngestRequest__Output {
  const source = { source: 's', rows: 1, eventIds: ['1'], partition: '', firstPosition: 0 };
  return { batchId, ...source, columns: [] };
}

describe('ingestHandler', () => {
  it('acknowledges what is under way, then fails, when the caller goes while no more batches are taken', async () => {
    const gone = new Error('the caller went');
    const batches = Readable.from(
      (function* () {
        for (let batchId = 0; batchId < 8; batchId += 1) yield request(batchId);
        // Asked for ahead, when eight batches are under way and nobody looks at what comes of it.
        throw gone;
      })(),
    );
    const finish: (() => void)[] = [];
    const service = {
      isIngestBusy: false,
      ingest: () =>
        new Promise<IngestAcknowledgement>((resolve) => {
          finish.push(() => resolve(acknowledgement));
        }),
    };
    const handler = ingestHandler(service, { count: () => undefined });
    const acknowledged: unknown[] = [];
    const answered = (async () => {
      for await (const { batchId } of handler(batches)) acknowledged.push(batchId);
    })();
    while (finish.length < 8) await new Promise((resolve) => setImmediate(resolve));
    // A rejection that nobody handles ends the process, and here the test.
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (const one of finish) one();
    await assert.rejects(answered, gone);
    assert.equal(acknowledged[0], 0);
  });
});
