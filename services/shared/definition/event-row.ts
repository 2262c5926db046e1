import type { ColumnType } from '../compute/plan.ts';
import type { Columns } from './column.ts';
import { definitionInvalid } from './definition-error.ts';
import { columnTypeOf, numericTerm, type TermOf } from './row-frame.ts';
import { Condition, TextTerm } from './term.ts';

/** What a condition over a column of type `T` of an event starts as. */
export type EventTermOf<T extends ColumnType> = T extends 'text' ? TextTerm : TermOf<T>;

/** One event, symbolically: what filters, rates and values of windows are written against. */
export interface EventRow<C extends Columns> {
  col<N extends keyof C & string>(name: N): EventTermOf<C[N]['type']>;
}

/** An event row that can tell groups apart. */
export interface GroupingRow<C extends Columns> extends EventRow<C> {
  /** Says whether an event is of the group with this value of a column. */
  isGroup(name: string, value: string | number | boolean): Condition;
}

/** Gives the symbolic event of a source; `subject` names the definition in errors. */
export function eventRow<C extends Columns>(columns: C, subject: string): GroupingRow<C> {
  return {
    col(name) {
      const type = columnTypeOf(columns, name, subject);
      const term = type === 'text' ? new TextTerm(name) : numericTerm(columns, name, subject);
      // The conditional type EventTermOf mirrors this choice; the compiler can't follow it.
      return term as EventTermOf<C[typeof name]['type']>;
    },
    isGroup(name, value) {
      const type = columnTypeOf(columns, name, subject);
      const wanted = { text: 'string', int: 'number', bool: 'boolean' }[type as string];
      if (typeof value !== wanted || (type === 'int' && !Number.isSafeInteger(value))) {
        throw definitionInvalid(
          subject,
          `wanted groups of a text, int or bool column and values of its type, got ${String(value)} for column '${name}' (${type})`,
        );
      }
      if (typeof value === 'string') return new TextTerm(name).equals(value);
      if (typeof value === 'boolean') {
        const condition = new Condition({ kind: 'column', column: name });
        return value ? condition : condition.not();
      }
      return new Condition({
        kind: 'comparison',
        operator: '=',
        left: { kind: 'column', column: name },
        right: { kind: 'number', value },
      });
    },
  };
}
