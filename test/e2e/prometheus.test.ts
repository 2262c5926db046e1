import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { meshDashboards } from '../../services/cli/dashboards/mesh-dashboards.ts';
import {
  type ObservedMesh,
  prometheusAlerts,
  recordingRules,
} from '../../services/cli/dashboards/mesh-rules.ts';
import { observedMesh } from '../../services/cli/dashboards/observed-mesh.ts';
import { ruleFile } from '../../services/cli/dashboards/rule-file.ts';
import { loadMesh } from '../../services/cli/up/mesh-file.ts';
import { targetsFile } from '../../services/cli/up/metrics-targets.ts';
import { eventually } from '../support/eventually.ts';
import { mlmeshBeside } from '../support/mesh-process.ts';
import { checkRules, PrometheusServer, skipPrometheus } from '../support/prometheus-server.ts';
import { askFlight } from '../support/small-flights/ask-flight.ts';
import {
  type SmallFlights,
  startSmallFlights,
} from '../support/small-flights/start-small-flights.ts';

const model = 'flight-delay';
/** Rates over so many seconds: eight scrapes. */
const windowS = 8;
const waitMs = 90_000;

describe('a real Prometheus', { skip: skipPrometheus }, () => {
  let mesh: SmallFlights;
  let observed: ObservedMesh;
  let prometheus: PrometheusServer;
  let isAsking = true;
  let asking: Promise<unknown>;

  before(async () => {
    mesh = await startSmallFlights();
    observed = observedMesh((await loadMesh('test/support/small-flights')).mesh, windowS);
    prometheus = await PrometheusServer.start(join(mesh.data, targetsFile), ruleFile(observed));
    const ask = async () => {
      while (isAsking) {
        await mesh.client.predict(model, askFlight()).catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    asking = Promise.all([ask(), ask()]);
  });
  after(async () => {
    isAsking = false;
    await asking;
    await prometheus[Symbol.asyncDispose]();
    await mesh[Symbol.asyncDispose]();
  });

  const firing = async () =>
    new Set(
      (await prometheus.firing()).map(({ alertname, rule, service }) =>
        [alertname, rule ?? service].filter((part) => part !== undefined).join(' '),
      ),
    );

  it('takes the rules that are checked in', () => {
    const files = readdirSync('deploy/alert-rules').filter((name) => name.endsWith('.yml'));
    assert.ok(files.length > 0);
    for (const file of files) assert.equal(checkRules(join('deploy/alert-rules', file)), undefined);
  });

  it('has data for every query of every dashboard and rule while the mesh is used', async () => {
    const queries = [
      ...recordingRules(observed).map(({ expr }) => expr),
      ...meshDashboards(observed).flatMap(({ panels }) =>
        panels.flatMap((panel) => panel.queries.map(({ expr }) => expr)),
      ),
      // An alert that does not fire has no data: what it looks at must have some.
      ...prometheusAlerts(observed).map(({ value }) => value),
    ];
    assert.ok(queries.length > 50, `${queries.length} queries`);
    let without: readonly string[] = queries;
    const answered = async () => {
      const found = await Promise.all(without.map((query) => prometheus.query(query)));
      without = without.filter((_, index) => found[index]?.length === 0);
      return without.length === 0;
    };
    await eventually('every query has data', answered, waitMs).catch((error: unknown) => {
      throw new Error(`no data for\n${without.join('\n')}`, { cause: error });
    });
  });

  it('raises alerts when a service hangs and answers degrade, and clears them afterwards', async () => {
    await eventually(
      'no service is down',
      async () => !(await firing()).has('service-down'),
      waitMs,
    );
    const pid = mesh.process.pidOf('prediction') ?? 0;
    process.kill(pid, 'SIGSTOP');
    const wanted = [
      'service-down prediction',
      'degraded-answers',
      // What the monitor has found goes the same way.
      'monitor-alert degraded-answers',
    ];
    const seen = new Set<string>();
    try {
      await eventually(
        'the alerts have fired',
        async () => {
          for (const alert of await firing()) seen.add(alert);
          return wanted.every((alert) => seen.has(alert));
        },
        waitMs,
      ).catch((error: unknown) => {
        throw new Error(`of ${wanted.join(', ')} only ${[...seen].join(', ')}`, { cause: error });
      });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    const { stdout } = await mlmeshBeside('alerts', '--all', '--json', '--data', mesh.data);
    const alerts: readonly { readonly id: string; readonly rule: string }[] =
      JSON.parse(stdout).alerts;
    const found = alerts.find(({ rule }) => rule === 'degraded-answers');
    const explained = await mlmeshBeside('explain', found?.id ?? '', '--data', mesh.data);
    assert.equal(explained.status, 0, explained.stderr);
    assert.match(explained.stdout, /too many answers are degraded, .*\n[\s\S]*: the same\n$/);
    await eventually(
      'they are over',
      async () => {
        const now = await firing();
        return !now.has('service-down prediction') && !now.has('degraded-answers');
      },
      waitMs,
    );
  });
});
