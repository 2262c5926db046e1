const squarePi = Math.PI ** 2;

/**
 * Gives P(D <= distance) of the two-sided one-sample Kolmogorov-Smirnov statistic by the four terms of its expansion in 1 / sqrt(count): within
 * 1e-10 from 140 values on, where sqrt(count) x distance is above 0.04.
 * @source Pelz and Good 1976, "Approximating the lower tail areas of the Kolmogorov-Smirnov one-sample statistic"
 */
export function pelzGoodCdf(distance: number, count: number): number {
  const root = Math.sqrt(count);
  const z = root * distance;
  const sums = thetaSums(z);
  const terms = [
    sums[0] / z,
    sums[1] / (6 * z ** 4),
    sums[2] / (72 * z ** 7) + secondExtra(z),
    sums[3] / (6480 * z ** 10) + thirdExtra(z),
  ];
  return terms.reduceRight((sum, term) => sum / root + term, 0);
}

/** Gives the four sums over odd m of a polynomial in m^2 times exp(-m^2 pi^2 / (8 z^2)), times sqrt(2 pi). */
function thetaSums(z: number): readonly [number, number, number, number] {
  const [z2, z4, z6, z8] = [z ** 2, z ** 4, z ** 6, z ** 8];
  const sums: [number, number, number, number] = [0, 0, 0, 0];
  for (let odd = 2 * lastIndex(z) - 1; odd > 0; odd -= 2) {
    const m = squarePi * odd * odd;
    const weight = Math.sqrt(2 * Math.PI) * Math.exp(-m / (8 * z2));
    sums[0] += weight;
    sums[1] += weight * (m / 4 - z2);
    sums[2] +=
      weight * (6 * z6 + 2 * z4 + ((2 * z4 - 5 * z2) * m) / 4 + ((1 - 2 * z2) * m * m) / 16);
    sums[3] +=
      weight *
      (-30 * z6 -
        90 * z8 +
        ((135 * z4 - 96 * z6) * m) / 4 +
        ((212 * z4 - 60 * z2) * m * m) / 16 +
        ((5 - 30 * z2) * m ** 3) / 64);
  }
  return sums;
}

// 16 z / pi: the next term is below exp(-32).
function lastIndex(z: number): number {
  return Math.ceil((16 * z) / Math.PI);
}

function secondExtra(z: number): number {
  return evenSum(z, (m) => m) * (Math.sqrt(2 * Math.PI) / (-36 * z ** 3));
}

function thirdExtra(z: number): number {
  return evenSum(z, (m) => (3 * z * z - m) * m) * (Math.sqrt(2 * Math.PI) / (216 * z ** 6));
}

/** Sums a function of m = pi^2 k^2, weighted by exp(-m / (2 z^2)), over k from 1. */
function evenSum(z: number, of: (m: number) => number): number {
  let sum = 0;
  for (let k = lastIndex(z); k > 0; k -= 1) {
    const m = squarePi * k * k;
    sum += of(m) * Math.exp(-m / (2 * z * z));
  }
  return sum;
}
