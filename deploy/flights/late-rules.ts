import type { RuleAnswer } from 'mlmesh';

/** What the rules read of a request: the scheduled time, in epoch ms, UTC. */
interface FlightRequest {
  readonly date?: number;
}

/** Features that the rules use where they are present. */
interface LateRates {
  readonly originLateRate3h?: number;
  readonly destinationLateRate3h?: number;
  readonly routeLateRate30d?: number;
}

/** Share of flights that are late by scheduled hour of the day, Jan to Jun 2001: delays pile up until the evening. */
const lateShareByHour = [
  0.46, 0.29, 0.25, 0.25, 0.09, 0.04, 0.07, 0.11, 0.14, 0.15, 0.17, 0.17, 0.19, 0.19, 0.21, 0.22,
  0.24, 0.23, 0.26, 0.28, 0.27, 0.33, 0.32, 0.42,
];

/**
 * Says how likely a flight is late without a model: by the hour, pulled towards what the airports and the route have
 * lately been like.
 */
export function lateRules(request: FlightRequest, rates: LateRates): RuleAnswer {
  const hour = Math.floor((request.date ?? 0) / 3_600_000) % 24;
  const byHour = request.date === undefined ? 0.2 : (lateShareByHour[hour] ?? 0.2);
  const recent = Math.max(rates.originLateRate3h ?? 0, rates.destinationLateRate3h ?? 0);
  if (recent > 0.4) {
    return {
      probability: Math.min(0.9, (byHour + recent) / 2),
      because: 'many late flights at the airports in the last hours',
    };
  }
  if (rates.routeLateRate30d !== undefined) {
    return {
      probability: (byHour + rates.routeLateRate30d) / 2,
      because: 'hour of the day and late rate of the route',
    };
  }
  return { probability: byHour, because: 'hour of the day' };
}
