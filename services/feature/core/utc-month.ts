/** A month of the Gregorian calendar in UTC, counted from January of the year 0. */
export type MonthIndex = number;

const dayMs = 86_400_000;
/** Days from the first of March of the year 0 to the Unix epoch. */
const epochDays = 719_468;
/** Days of 400 years. */
const eraDays = 146_097;

/** Gives the month of a time from the year 0 on, epoch ms. @source https://howardhinnant.github.io/date_algorithms.html (civil_from_days) */
export function monthAt(ms: number): MonthIndex {
  const days = Math.floor(ms / dayMs) + epochDays;
  const era = Math.floor(days / eraDays);
  const dayOfEra = days - era * eraDays;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - daysBefore(yearOfEra);
  // Years begin in March here: the leap day is their last.
  const monthOfYear = Math.floor((5 * dayOfYear + 2) / 153);
  return 12 * (400 * era + yearOfEra) + monthOfYear + 2;
}

/** Gives the time at which a month begins, epoch ms. @source the same page (days_from_civil) */
export function monthBegin(month: MonthIndex): number {
  const fromMarch = month - 2;
  const year = Math.floor(fromMarch / 12);
  const monthOfYear = fromMarch - 12 * year;
  const era = Math.floor(year / 400);
  const dayOfYear = Math.floor((153 * monthOfYear + 2) / 5);
  return (era * eraDays + daysBefore(year - 400 * era) + dayOfYear - epochDays) * dayMs;
}

/** Writes a month: `2001-05`. */
export function monthText(month: MonthIndex): string {
  const year = Math.floor(month / 12);
  return `${String(year).padStart(4, '0')}-${String(month - 12 * year + 1).padStart(2, '0')}`;
}

function daysBefore(yearOfEra: number): number {
  return 365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
}
