import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { JobHost } from './job-host.ts';
import { type FromJobThread, partsInFlightMax } from './job-protocol.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('JobHost', () => {
  it('lets all who wait to send go on: one credit each woke only the last of them', async () => {
    const sent: FromJobThread[] = [];
    const host = new JobHost(
      { postMessage: (message: FromJobThread) => sent.push(message) },
      async (_, run) => {
        const sendSome = async (stage: string) => {
          for (let done = 0; done < 10; done += 1) {
            await run.send({ kind: 'progress', stage, done, total: 10 });
          }
        };
        await Promise.all([sendSome('one'), sendSome('other')]);
        return { views: 0 };
      },
    );
    const request = { kind: 'rebuild', views: [], isAll: true, logOffset: 0, slackMs: 0 } as const;
    host.receive({ kind: 'run', jobId: 1, request });
    await turn();
    assert.ok(sent.length <= partsInFlightMax + 1);
    for (let credits = 0; credits < 40; credits += 1) {
      host.receive({ kind: 'credit', jobId: 1 });
      await turn();
    }
    assert.equal(sent.filter(({ kind }) => kind === 'part').length, 20);
    assert.equal(sent.at(-1)?.kind, 'done');
  });
});
