/** The items of the production checklist, in the order in which it is shown. */
export const checklistItems = [
  'parity',
  'provenance',
  'shadow',
  'fallback',
  'dashboards',
  'rollback',
  'runbook',
] as const;

/** One of {@link checklistItems}. */
export type ChecklistItem = (typeof checklistItems)[number];

/** Alias whose version a kind of evidence compares with: that evidence ends when the alias moves. */
export type EvidenceBaseline = 'production' | 'fallback';

/** A kind of evidence: what it shows, and what makes it. */
export interface EvidenceKind {
  /** Lower-case letters, digits and dashes. */
  readonly kind: string;
  readonly item: ChecklistItem;
  /** The gate that it is, or belongs to: G0 to G9. */
  readonly gate: string;
  /** What it shows when it passes. */
  readonly proves: string;
  /**
   * `required` keeps a version out of production while it does not pass; `information` only while it failed; `later` has no producer yet.
   */
  readonly requirement: 'required' | 'information' | 'later';
  /** How long it holds, in days; undefined means as long as the artifact is the same. */
  readonly daysMax?: number;
  /** What it compares with, if anything. */
  readonly baseline?: EvidenceBaseline;
  /** Whether it asks for data that are known: of a version whose origin does not say what it was trained on, nothing can show it. */
  readonly isOfData?: true;
  /** Whether it was made under the policy of the model, whose digest it names as `policy`: it ends where that is another one now. */
  readonly isBoundToPolicy?: true;
  /** What makes it, before the version; `mlmesh models check` unless it is named. */
  readonly command?: string;
}

// 7 days: a release that took longer has met other traffic and other machines since.
const daysMax = 7;

/**
 * Every kind of evidence there is. A new one is a row here and a producer that attaches it; the gate reads the table. What is `later` becomes `required`
 * with its producer.
 */
export const evidenceKinds: readonly EvidenceKind[] = [
  {
    kind: 'parity',
    item: 'parity',
    gate: 'G1',
    proves: 'at least 3,000 answers of its feature set, computed again: not one bit differs',
    requirement: 'required',
    daysMax,
  },
  {
    kind: 'provenance',
    item: 'provenance',
    gate: 'G0',
    proves:
      'every blob has the digest that was registered, the signature holds for each, and what it was trained on is known or declared',
    requirement: 'required',
    daysMax,
    isOfData: true,
  },
  {
    kind: 'golden-requests',
    item: 'provenance',
    gate: 'G0',
    proves: 'the loaded model gives what it gave when it was trained',
    requirement: 'required',
    daysMax,
  },
  {
    kind: 'reproduction',
    item: 'provenance',
    gate: 'G0',
    proves: 'trained again from what is recorded of it, it has the same digests',
    requirement: 'information',
    command: 'mlmesh reproduce',
  },
  {
    kind: 'shadow-coverage',
    item: 'shadow',
    gate: 'G2',
    proves:
      'of at least 1,000 requests it answers 99 %, at every look at 5 %; timeouts, drops and errors count against it',
    requirement: 'required',
    daysMax,
    baseline: 'production',
  },
  {
    kind: 'shadow-agreement',
    item: 'shadow',
    gate: 'G3',
    proves: 'how many decisions it would change',
    requirement: 'information',
    daysMax,
    baseline: 'production',
  },
  {
    kind: 'shadow-quality',
    item: 'shadow',
    gate: 'G4',
    proves:
      'its log loss on known outcomes is not worse by 0.01 or more, paired by request, at every look at 5 %',
    requirement: 'required',
    daysMax,
    baseline: 'production',
  },
  {
    kind: 'calibration',
    item: 'shadow',
    gate: 'G5',
    proves: 'its expected calibration error is not larger by more than 0.01',
    requirement: 'information',
    daysMax,
    baseline: 'production',
  },
  {
    kind: 'shadow-latency',
    item: 'shadow',
    gate: 'G6',
    proves: 'its 99th percentile is within the budget, at every look at 5 %',
    requirement: 'required',
    daysMax,
    baseline: 'production',
  },
  {
    kind: 'resources',
    item: 'shadow',
    gate: 'G7',
    proves:
      'run in a process of its own, a session needs no more memory and threads than it declares',
    requirement: 'information',
  },
  {
    kind: 'business',
    item: 'shadow',
    gate: 'G8',
    proves:
      'with callers, as a canary, it loses nothing against control beyond the margin, at every look at 5 %; a shadow moves nobody, so it can not be shown before',
    requirement: 'information',
    daysMax,
  },
  {
    kind: 'fallback-drill',
    item: 'fallback',
    gate: 'G9',
    proves:
      'it was made to hang on the router, and the fallback model, then the rules, answered in time',
    requirement: 'required',
    daysMax,
    baseline: 'fallback',
    isBoundToPolicy: true,
  },
  {
    kind: 'reference-profile',
    item: 'dashboards',
    gate: 'G9',
    proves: 'there is a reference distribution of each input and output',
    requirement: 'required',
  },
  {
    kind: 'dashboards',
    item: 'dashboards',
    gate: 'G9',
    proves: 'a dashboard covers its model, and every query asks for a metric that is defined',
    requirement: 'required',
    daysMax,
  },
  {
    kind: 'rollback-drill',
    item: 'rollback',
    gate: 'G9',
    proves: 'what a rollback leads to is loaded and verified, and answered on the router',
    requirement: 'required',
    daysMax,
    baseline: 'production',
    isBoundToPolicy: true,
  },
  {
    kind: 'runbook',
    item: 'runbook',
    gate: 'G9',
    proves:
      'each alert that may fire has a page that says where to look, what to do and when it is over, in commands that there are',
    requirement: 'required',
    daysMax,
  },
];

/** Gives the command that makes evidence of a kind. */
export function evidenceCommand(
  { kind, command }: Pick<EvidenceKind, 'kind' | 'command'>,
  model: string,
  version: number,
): string {
  if (command !== undefined) return `${command} ${model}@${version}`;
  return `mlmesh models check ${model}@${version} --only ${kind}`;
}

/** Writes the table as Markdown. */
export function renderEvidenceTable(): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const heads = ['item', 'kind', 'gate', 'what it shows', 'needed', 'holds'];
  const sorted = checklistItems.flatMap((item) =>
    evidenceKinds.filter((kind) => kind.item === item),
  );
  return [
    row(heads),
    row(heads.map(() => '---')),
    ...sorted.map((kind) =>
      row([kind.item, kind.kind, kind.gate, kind.proves, neededText(kind), holdsText(kind)]),
    ),
  ].join('\n');
}

function neededText({ requirement }: EvidenceKind): string {
  switch (requirement) {
    case 'required':
      return 'yes';
    case 'information':
      return 'no, unless it fails';
    case 'later':
      return 'not yet';
  }
}

function holdsText(kind: EvidenceKind): string {
  if (kind.requirement === 'later') return '';
  const time = kind.daysMax === undefined ? 'for good' : `${kind.daysMax} days`;
  const stays = [
    ...(kind.baseline === undefined ? [] : [`\`${kind.baseline}\``]),
    ...(kind.isBoundToPolicy === undefined ? [] : ['the policy']),
  ];
  if (stays.length === 0) return time;
  return `${time}, while ${stays.join(' and ')} ${stays.length === 1 ? 'stays' : 'stay'}`;
}
