import { AttributionDesk } from '../../services/monitor/attribution/attribution-desk.ts';

/** Says who is to blame from what the guard knows alone: nothing is audited, no window judged, no service heard. */
export const blindDesk = new AttributionDesk({
  guard: { standOf: () => undefined },
  parityOf: () => ({ checked: 0, mismatches: 0 }),
  peersOf: () => ({ callers: { all: 0, some: 0 }, shadows: { all: 0, some: 0 } }),
  windowOf: () => ({ windowsJudged: 0, inputsDrifting: 0, outputsMoved: 0 }),
  services: { firing: () => [] },
});
