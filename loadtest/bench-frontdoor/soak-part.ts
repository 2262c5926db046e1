import type { OpenLoadReport } from '../load/open-load.ts';
import { loadHead, loadNotes, loadRow, median, type Part } from './part.ts';
import { residentMib } from './process-rss.ts';

const sampleMs = 5_000;
/** The first fifth is left out of the growth: caches fill, and code is compiled. */
const settleShare = 0.2;

interface Sample {
  readonly minutes: number;
  readonly mib: ReadonlyMap<string, number>;
}

/** Half of the load that the mesh bears, for minutes: what grows, and whether it gets slower. */
export const soakPart: Part = {
  name: 'soak',
  keys: ['soak_rss_mib_per_min', 'soak_p99_ratio', 'soak_failed'],
  isExtra: true,
  async run({ load, mesh, capacity }, { soakMinutes, show }) {
    const samples: Sample[] = [];
    const startedAt = performance.now();
    const sample = () => {
      const mib = new Map<string, number>();
      for (const { service, pid } of mesh.record.processes) {
        const resident = residentMib(pid);
        if (resident !== undefined) mib.set(service, (mib.get(service) ?? 0) + resident);
      }
      samples.push({ minutes: (performance.now() - startedAt) / 60_000, mib });
      show(`${((performance.now() - startedAt) / 60_000).toFixed(1)} of ${soakMinutes} minutes\r`);
    };
    const timer = setInterval(sample, sampleMs);
    const report = await load({ rate: capacity / 2, seconds: soakMinutes * 60 }).finally(() =>
      clearInterval(timer),
    );
    const settled = samples.filter(({ minutes }) => minutes > settleShare * soakMinutes);
    const services = [...(settled[0]?.mib.keys() ?? [])];
    const growth = services.map((service) => ({ service, perMin: slope(settled, service) }));
    return {
      values: {
        soak_rss_mib_per_min: Math.max(...growth.map(({ perMin }) => perMin)),
        soak_p99_ratio: p99Ratio(report),
        soak_failed: report.offered - report.ok.count,
      },
      table: [loadHead, loadRow(`${soakMinutes} minutes`, report)],
      notes: [
        ...loadNotes('soak', report),
        ...growth.map(({ service, perMin }) => {
          const last = settled.at(-1)?.mib.get(service) ?? Number.NaN;
          return `${service}: ${perMin.toFixed(2)} MiB a minute, ${last.toFixed(0)} MiB at the end`;
        }),
      ],
    };
  },
};

/** Gives the growth by least squares, in MiB a minute. */
function slope(samples: readonly Sample[], service: string): number {
  const points = samples.map(({ minutes, mib }) => [minutes, mib.get(service) ?? 0] as const);
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const variance = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return covariance / variance;
}

/** Median of the p99 of each second in the last third over that in the first. */
function p99Ratio({ by_second }: OpenLoadReport): number {
  const third = Math.floor(by_second.length / 3);
  const p99s = by_second.map(({ p99_ms }) => p99_ms);
  return median(p99s.slice(-third)) / median(p99s.slice(0, third));
}
