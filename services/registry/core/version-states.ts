/** Where a version stands. */
export type VersionState =
  | 'registered'
  | 'shadow'
  | 'canary'
  | 'production'
  | 'retired'
  | 'quarantined';

/** What moves a version from state to state. `left` means that production, canary and all shadows point elsewhere now. */
export type StateTrigger =
  | 'shadowed'
  | 'canaried'
  | 'promoted'
  | 'left'
  | 'quarantined'
  | 'cleared';

/** One row of the table: where a version was, what happened, and where it is then. */
export interface StateTransition {
  readonly from: VersionState;
  readonly trigger: StateTrigger;
  readonly to: VersionState;
}

const movable = ['registered', 'shadow', 'canary', 'production', 'retired'] as const;

/** Every transition there is. What is not in it changes nothing: a version in quarantine stays there until it is cleared. */
export const stateTransitions: readonly StateTransition[] = [
  ...movable.map((from) => ({ from, trigger: 'shadowed', to: 'shadow' }) as const),
  ...movable.map((from) => ({ from, trigger: 'canaried', to: 'canary' }) as const),
  ...movable.map((from) => ({ from, trigger: 'promoted', to: 'production' }) as const),
  { from: 'shadow', trigger: 'left', to: 'retired' },
  { from: 'canary', trigger: 'left', to: 'retired' },
  { from: 'production', trigger: 'left', to: 'retired' },
  ...movable.map((from) => ({ from, trigger: 'quarantined', to: 'quarantined' }) as const),
  { from: 'quarantined', trigger: 'cleared', to: 'retired' },
];

/** Gives the state that follows. */
export function nextState(from: VersionState, trigger: StateTrigger): VersionState {
  const row = stateTransitions.find((known) => known.from === from && known.trigger === trigger);
  return row?.to ?? from;
}

/** Writes the table as Markdown: a row a state, a column a trigger. */
export function renderStateTable(): string {
  const triggers = [...new Set(stateTransitions.map(({ trigger }) => trigger))];
  const states = [...movable, 'quarantined'] as const;
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const target = (from: VersionState, trigger: StateTrigger) => {
    const to = nextState(from, trigger);
    return to === from ? '' : to;
  };
  return [
    row(['from', ...triggers]),
    row(['---', ...triggers.map(() => '---')]),
    ...states.map((from) => row([from, ...triggers.map((trigger) => target(from, trigger))])),
  ].join('\n');
}
