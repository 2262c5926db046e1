import { featureStatus } from '../../services/shared/compute/feature-status.ts';
import type { Flight } from './feature-tester.ts';

const visibleAfterMs = 6 * 3_600_000;

/** A question as it was logged; t in epoch ms. */
export interface Asked {
  readonly origin: string;
  readonly destination: string;
  readonly t: number;
}

/** One value of a feature and its status. */
export type Cell = readonly [value: number, status: number];

/** Gives when a flight becomes visible, epoch ms. */
export const seenAt = (flight: Flight): number => flight.date + visibleAfterMs;
/** Tells whether a flight became visible in [from, until), epoch ms. */
export const isWithin = (flight: Flight, from: number, until: number): boolean =>
  seenAt(flight) >= from && seenAt(flight) < until;
/** Gives the mean delay of flights, which is null without any. */
export const meanOf = (flights: readonly Flight[]): Cell =>
  flights.length === 0
    ? [0, featureStatus.null]
    : [flights.reduce((sum, { delay }) => sum + delay, 0) / flights.length, featureStatus.present];

/** Tells whether a flight goes from where another goes from, to where it goes to. */
export const isOnRoute = (flight: Flight, other: Flight | undefined): boolean =>
  flight.origin === other?.origin && flight.destination === other.destination;
