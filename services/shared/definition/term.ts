import type {
  ArithmeticOperator,
  CalendarPart,
  ComparisonOperator,
  Expression,
} from '../compute/expression.ts';
import { definitionInvalid } from './definition-error.ts';
import { codeColumn } from './value.ts';

/** A number that is computed from a row, as an author writes it: `f.col('delay').minus(15)`. */
export class NumberTerm {
  readonly expression: Expression;

  constructor(expression: Expression) {
    this.expression = expression;
  }

  plus(other: NumberTerm | number): NumberTerm {
    return this.#arithmetic('+', other);
  }

  minus(other: NumberTerm | number): NumberTerm {
    return this.#arithmetic('-', other);
  }

  times(other: NumberTerm | number): NumberTerm {
    return this.#arithmetic('*', other);
  }

  /** Missing where the divisor is 0. */
  dividedBy(other: NumberTerm | number): NumberTerm {
    return this.#arithmetic('/', other);
  }

  greaterThan(other: NumberTerm | number): Condition {
    return this.#comparison('>', other);
  }

  atLeast(other: NumberTerm | number): Condition {
    return this.#comparison('>=', other);
  }

  lessThan(other: NumberTerm | number): Condition {
    return this.#comparison('<', other);
  }

  atMost(other: NumberTerm | number): Condition {
    return this.#comparison('<=', other);
  }

  equals(other: NumberTerm | number): Condition {
    return this.#comparison('=', other);
  }

  #arithmetic(operator: ArithmeticOperator, other: NumberTerm | number): NumberTerm {
    const right = operand(other);
    return new NumberTerm({ kind: 'arithmetic', operator, left: this.expression, right });
  }

  #comparison(operator: ComparisonOperator, other: NumberTerm | number): Condition {
    const right = operand(other);
    return new Condition({ kind: 'comparison', operator, left: this.expression, right });
  }
}

/** A statement about a row: 1 where it is true, 0 where it is false, missing where an operand is. */
export class Condition {
  readonly expression: Expression;

  constructor(expression: Expression) {
    this.expression = expression;
  }

  and(other: Condition): Condition {
    return this.#logic('and', other);
  }

  or(other: Condition): Condition {
    return this.#logic('or', other);
  }

  not(): Condition {
    return new Condition({ kind: 'not', operand: this.expression });
  }

  #logic(operator: 'and' | 'or', other: Condition): Condition {
    return new Condition({
      kind: 'logic',
      operator,
      left: this.expression,
      right: other.expression,
    });
  }
}

/** A point in time of a row, of which UTC calendar parts can be taken. */
export class TimestampTerm {
  readonly expression: Expression;

  constructor(expression: Expression) {
    this.expression = expression;
  }

  /** 0 to 23. */
  hourOfDay(): NumberTerm {
    return this.#calendar('hourOfDay');
  }

  /** 0 (Monday) to 6 (Sunday). */
  dayOfWeek(): NumberTerm {
    return this.#calendar('dayOfWeek');
  }

  #calendar(part: CalendarPart): NumberTerm {
    return new NumberTerm({ kind: 'calendar', part, operand: this.expression });
  }
}

/** A text of an event, about which statements can be made. */
export class TextTerm {
  readonly column: string;

  constructor(column: string) {
    this.column = column;
  }

  equals(text: string): Condition {
    return this.oneOf([text]);
  }

  /** Whether it is one of these texts, to the last character. */
  oneOf(texts: readonly string[]): Condition {
    const derived = codeColumn(this.column, texts);
    return new Condition({
      kind: 'comparison',
      operator: '>=',
      left: { kind: 'derivedColumn', derived },
      right: { kind: 'number', value: 0 },
    });
  }
}

function operand(other: NumberTerm | number): Expression {
  if (typeof other !== 'number') return other.expression;
  if (!Number.isFinite(other)) {
    throw definitionInvalid('expression', `wanted a finite number, got ${other}`);
  }
  return { kind: 'number', value: other };
}
