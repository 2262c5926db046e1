import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeDashboards } from './judge-dashboards.ts';
import { judgeRunbooks } from './judge-runbook.ts';

const page = (commands: string, sections = ['Look', 'Do', 'Over']) =>
  [...sections.map((section) => `## ${section}`), '```sh', commands, '```', ''].join('\n');

describe('judgeRunbooks', () => {
  const judged = (pages: Readonly<Record<string, string>>, alerts = ['late', 'down']) =>
    judgeRunbooks({
      alerts,
      textOf: (alert) => pages[alert],
      faultOfCommand: (words) => (words[0] === 'status' ? undefined : `no command ${words[0]}`),
    });

  it('passes where each alert has a page with its sections, and commands that there are', () => {
    const whole = page('npx mlmesh status      # exit status 1 where a service is not well\ndf -h');
    const { verdict, pages, commands } = judged({ late: whole, down: whole });
    assert.deepEqual({ verdict, pages, commands }, { verdict: 'pass', pages: 2, commands: 2 });
  });

  it('names the page, the section and the command that is missing', () => {
    const { verdict, statement } = judged({
      late: page('npx mlmesh fly "to the moon"', ['Look', 'Do']),
    });
    assert.equal(verdict, 'fail');
    assert.equal(
      statement,
      `late has no section 'Over'; late: 'npx mlmesh fly "to the moon"': no command fly; down has no page`,
    );
    assert.match(judged({ late: page('df -h') }, ['late']).statement, /late has no command/);
    assert.equal(judged({}, []).verdict, 'fail', 'no alerts are none that were looked at');
  });
});

describe('judgeDashboards', () => {
  const dashboards = [
    { title: 'mesh', queries: ['sum(mesh_router_answers_count)'] },
    { title: 'late', queries: ['mlmesh:answers:rate{model="late"}'] },
  ];
  const series = new Set(['mesh_router_answers_count', 'mlmesh:answers:rate']);

  it('passes where a dashboard is of the model and everything that is asked for is there', () => {
    const judged = judgeDashboards({ model: 'late', dashboards, rules: [], series });
    assert.deepEqual([judged.verdict, judged.queries, judged.ofModel], ['pass', 2, 1]);
  });

  it('fails for a model that no dashboard is of, and for a metric that nothing gives', () => {
    const rules = ['rate(mesh_router_gone_total[5m]) > 0'];
    const { verdict, statement } = judgeDashboards({ model: 'other', dashboards, rules, series });
    assert.equal(verdict, 'fail');
    assert.equal(
      statement,
      "no dashboard asks for model 'other'; nothing gives mesh_router_gone_total",
    );
  });
});
