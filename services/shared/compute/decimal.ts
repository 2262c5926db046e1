/**
 * Gives a decimal as a whole number of its last digits: value x 10^scale, rounded half away from zero, as SQL's round does it. Each event, whichever way it
 * comes, goes through this arithmetic once. Not a safe integer where the value is too large for a double to hold it so.
 */
export function quantizeDecimal(value: number, scale: number): number {
  const scaled = value * 10 ** scale;
  const whole = Math.trunc(scaled);
  // The difference is exact, so that a half is a half; + 0 turns a negative zero into zero.
  return (Math.abs(scaled - whole) >= 0.5 ? whole + Math.sign(scaled) : whole) + 0;
}
