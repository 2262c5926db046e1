import { isShadowAlias } from '../shared/kernel/shadow-alias.ts';
import { formatDuration, formatShare, formatTime } from './format.ts';
import { renderTable } from './table.ts';

/** An alias that points somewhere. */
export interface HeldAlias {
  readonly alias: string;
  readonly version: number;
}

/** What is known of the traffic of one model. */
export interface TrafficFacts {
  readonly model: string;
  readonly aliases: readonly HeldAlias[];
  readonly steered: SteeredTraffic;
  /** Undefined where the router does not serve the model. */
  readonly routed: RoutedTraffic | undefined;
}

/** What the registry says. */
export interface SteeredTraffic {
  readonly generation: number;
  readonly isShadowPaused: boolean;
  readonly ramp: RampFacts | undefined;
  /** Shares, ascending. */
  readonly steps: readonly number[];
  readonly holdForMs: number;
}

/** The ramp of a canary. */
export interface RampFacts {
  readonly version: number;
  readonly share: number;
  readonly isHeld: boolean;
  readonly sinceMs: number;
}

/** What the router does. Versions are 0 where there is none that answers; rates and shares are 0 to 1. */
export interface RoutedTraffic {
  readonly productionVersion: number;
  readonly canaryVersion: number;
  readonly controlShare: number;
  readonly controlServes: string;
  readonly shadowRate: number;
  readonly reverseShadowVersion: number;
  readonly reverseShadowRate: number;
}

/** Who serves or sees what part of the requests. */
export interface TrafficRow {
  readonly role: string;
  readonly serves: string;
  /** Share of the requests, 0 to 1, but for entities that the policy excludes or pins. */
  readonly share: number;
  /** Epoch ms; 0 where the share was not steered. */
  readonly sinceMs: number;
  readonly note: string;
}

/** Gives who answers callers, and who sees the same requests. */
export function trafficRows(facts: TrafficFacts, nowMs: number): readonly TrafficRow[] {
  const { aliases, steered, routed } = facts;
  const held = (alias: string) => aliases.find((each) => each.alias === alias)?.version ?? 0;
  const { ramp } = steered;
  const control = routed?.controlShare ?? 0;
  const isServing = ramp !== undefined && routed?.canaryVersion !== 0;
  const canary = isServing ? (1 - control) * ramp.share : 0;
  const production = held('production');
  const isLoading = routed !== undefined && routed.productionVersion !== production;
  const row = (role: string, serves: string, share: number, note = ''): TrafficRow => ({
    ...{ role, serves, share, note, sinceMs: 0 },
  });
  const rows = [
    row(
      'production',
      versionText(isLoading ? routed.productionVersion : production, 'the fallback'),
      1 - control - canary,
      isLoading ? `${versionText(production, 'none')} is being loaded` : '',
    ),
  ];
  if (routed !== undefined && control > 0) {
    const isPrevious = routed.controlServes === 'previous' && held('previous') !== 0;
    rows.push(row('control', isPrevious ? versionText(held('previous'), '') : 'rules', control));
  }
  if (ramp !== undefined) {
    const note = isServing ? rampNote(steered, ramp, nowMs) : 'not ready';
    const canaryRow = row('canary', versionText(ramp.version, ''), canary, note);
    rows.push({ ...canaryRow, sinceMs: ramp.sinceMs });
  }
  return [...rows, ...shadowRows(facts, row)];
}

function shadowRows(
  { aliases, steered, routed }: TrafficFacts,
  row: (role: string, serves: string, share: number, note?: string) => TrafficRow,
): readonly TrafficRow[] {
  const note = steered.isShadowPaused ? 'paused' : '';
  const rate = (share = 0) => (steered.isShadowPaused ? 0 : share);
  const rows = aliases
    .filter(({ alias, version }) => isShadowAlias(alias) && version !== 0)
    .map(({ alias, version }) =>
      row(alias, versionText(version, ''), rate(routed?.shadowRate), note),
    );
  const reverse = routed?.reverseShadowVersion ?? 0;
  if (reverse === 0) return rows;
  const text = versionText(reverse, '');
  return [...rows, row('reverse shadow', text, rate(routed?.reverseShadowRate), note)];
}

/** Writes the traffic of a model for people. */
export function renderTraffic(facts: TrafficFacts, nowMs: number): string {
  const cells = trafficRows(facts, nowMs).map(({ role, serves, share, sinceMs, note }) => [
    role,
    serves,
    formatShare(share),
    sinceMs === 0 ? '-' : formatTime(sinceMs),
    note,
  ]);
  const table = renderTable(['role', 'served by', 'share', 'since (UTC)', ''], cells);
  return `${facts.model}\n${table}`;
}

function versionText(version: number, none: string): string {
  return version === 0 ? none : `version ${version}`;
}

/** Says what follows: that somebody holds it, the next step and when, or that promotion is next. */
export function rampNote(
  { steps, holdForMs }: Pick<SteeredTraffic, 'steps' | 'holdForMs'>,
  { share, isHeld, sinceMs }: RampFacts,
  nowMs: number,
): string {
  if (isHeld) return 'held';
  const following = steps.find((step) => step > share);
  if (following === undefined) return 'last step: promote it or take it back';
  const leftMs = share === 0 ? 0 : Math.max(0, sinceMs + holdForMs - nowMs);
  const when = leftMs === 0 ? 'now' : `in ${formatDuration(leftMs)}`;
  return `next ${formatShare(following)}, ${when}`;
}
