import { definitionInvalid } from './definition-error.ts';

/** An interval of UTC time as authors write it: the begin is in it, the end is not. */
export interface Interval {
  /** `'2001-02-01'` or `'2001-02-01T06:00:00Z'`. */
  readonly from: string;
  /** As `from`, and after it. */
  readonly to: string;
}

/** An interval [fromMs, untilMs) in epoch ms. */
export interface IntervalPlan {
  readonly fromMs: number;
  readonly untilMs: number;
}

const pattern = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})Z)?$/;
const dayMs = 86_400_000;

/**
 * Gives the epoch ms of an interval.
 * @throws {MeshError} INVALID_ARGUMENT / DEFINITION_INVALID when a date is malformed or the end is not after the begin.
 */
export function intervalOf(interval: Interval, subject: string): IntervalPlan {
  const fromMs = dateOf(interval.from, subject);
  const untilMs = dateOf(interval.to, subject);
  if (untilMs <= fromMs) {
    throw definitionInvalid(
      subject,
      `wanted an end after '${interval.from}', got '${interval.to}'; an interval is [from, to)`,
    );
  }
  return { fromMs, untilMs };
}

/** Writes a time as authors do: `'2001-02-01T06:00:00Z'`; milliseconds are cut off. */
export function timeText(epochMs: number): string {
  const seconds = Math.floor(epochMs / 1000);
  const days = Math.floor(seconds / 86_400);
  const { year, month, day } = civilFromDays(days);
  const inDay = seconds - days * 86_400;
  const time = [Math.floor(inDay / 3600), Math.floor(inDay / 60) % 60, inDay % 60];
  const digits = (value: number, count: number): string => String(value).padStart(count, '0');
  const date = `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
  return `${date}T${time.map((part) => digits(part, 2)).join(':')}Z`;
}

function dateOf(text: string, subject: string): number {
  const match = pattern.exec(text);
  const [year, month, day, hour, minute, second] = (match?.slice(1) ?? []).map((part) =>
    Number(part ?? 0),
  );
  const isValid =
    year !== undefined && isDay(year, month ?? 0, day ?? 0) && isTime(hour, minute, second);
  if (!isValid) {
    throw definitionInvalid(
      subject,
      `wanted a UTC date such as '2001-02-01' or '2001-02-01T06:00:00Z', got '${text}'`,
    );
  }
  const seconds = (hour ?? 0) * 3600 + (minute ?? 0) * 60 + (second ?? 0);
  return daysFromCivil(year, month ?? 1, day ?? 1) * dayMs + seconds * 1000;
}

function isTime(hour = 0, minute = 0, second = 0): boolean {
  return hour < 24 && minute < 60 && second < 60;
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day <= (days[month - 1] ?? 0);
}

/** @source Howard Hinnant, chrono-compatible low-level date algorithms, days_from_civil */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** @source Howard Hinnant, chrono-compatible low-level date algorithms, civil_from_days */
function civilFromDays(days: number): {
  readonly year: number;
  readonly month: number;
  readonly day: number;
} {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  };
}
