import { MeshError } from '../../shared/kernel/mesh-error.ts';

/** What a person can do from the console. */
export type Action =
  /** Back to the previous version; `fromVersion` is the one that they saw in production. */
  | { readonly kind: 'rollback'; readonly model: string; readonly fromVersion: number }
  /** `expectedGeneration` is that of the alias as they saw it, 0 where it did not exist. */
  | {
      readonly kind: 'promote';
      readonly model: string;
      readonly alias: string;
      readonly version: number;
      readonly expectedGeneration: number;
    }
  | {
      readonly kind: 'quarantine';
      readonly model: string;
      readonly version: number;
      readonly isCleared: boolean;
    }
  | { readonly kind: 'hold-ramp'; readonly model: string; readonly isHeld: boolean }
  /** `expectedGeneration` is that of the traffic as they saw it. */
  | { readonly kind: 'advance-ramp'; readonly model: string; readonly expectedGeneration: number }
  /** Keeps what an alert says from being delivered, for a second to 30 days. */
  | { readonly kind: 'silence'; readonly alertId: string; readonly durationMs: number }
  /** Nobody is asked why. */
  | { readonly kind: 'end-silence'; readonly silenceId: string };

/** An action and why, for the record. */
export interface ReasonedAction {
  readonly action: Action;
  /** 1 to 500 characters; '' for an action that asks for none. */
  readonly reason: string;
}

const reasonCharsMax = 500;

/**
 * Reads an action as a page sends it: JSON with `kind`, `reason` and the fields of that kind.
 * @throws {MeshError} INVALID_ARGUMENT / INVALID_FIELD naming the first field that is wrong
 */
export function parseAction(value: unknown): ReasonedAction {
  const fields = new Fields(value);
  const action = actionOf(fields);
  if (action.kind === 'end-silence') return { action, reason: '' };
  const reason = fields.text('reason').trim();
  if (reason === '' || reason.length > reasonCharsMax) {
    throw invalid('reason', `1 to ${reasonCharsMax} characters`, reason);
  }
  return { action, reason };
}

function actionOf(fields: Fields): Action {
  const kind = fields.text('kind');
  if (kind === 'silence') {
    return {
      kind,
      alertId: fields.text('alertId'),
      durationMs: fields.count('durationMs'),
    };
  }
  if (kind === 'end-silence') return { kind, silenceId: fields.text('silenceId') };
  const model = fields.text('model');
  switch (kind) {
    case 'rollback':
      return { kind, model, fromVersion: fields.count('fromVersion') };
    case 'promote':
      return {
        kind,
        model,
        alias: fields.text('alias'),
        version: fields.count('version'),
        expectedGeneration: fields.count('expectedGeneration'),
      };
    case 'quarantine':
      return {
        kind,
        model,
        version: fields.count('version'),
        isCleared: fields.flag('isCleared'),
      };
    case 'hold-ramp':
      return { kind, model, isHeld: fields.flag('isHeld') };
    case 'advance-ramp':
      return { kind, model, expectedGeneration: fields.count('expectedGeneration') };
    default:
      throw invalid('kind', 'an action of the console', kind);
  }
}

class Fields {
  readonly #fields: ReadonlyMap<string, unknown>;

  constructor(value: unknown) {
    if (typeof value !== 'object' || value === null) throw invalid('body', 'an object', value);
    this.#fields = new Map(Object.entries(value));
  }

  text(name: string): string {
    const value = this.#fields.get(name);
    if (typeof value !== 'string' || value === '') throw invalid(name, 'a text', value);
    return value;
  }

  count(name: string): number {
    const value = this.#fields.get(name);
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
    throw invalid(name, 'a whole number of 0 or more', value);
  }

  flag(name: string): boolean {
    const value = this.#fields.get(name);
    if (typeof value !== 'boolean') throw invalid(name, 'true or false', value);
    return value;
  }
}

function invalid(field: string, wanted: string, got: unknown): MeshError {
  const description = `wanted ${wanted}, got ${JSON.stringify(got) ?? 'nothing'}`;
  return new MeshError({
    code: 'INVALID_ARGUMENT',
    reason: 'INVALID_FIELD',
    message: `${field}: ${description}`,
    violations: [{ field, description }],
  });
}
