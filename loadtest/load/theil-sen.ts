import { median } from './order-statistics.ts';

/**
 * Gives how much y grows with x: the median of the slopes between all pairs of points, in units of y a unit of x; NaN of fewer than two. Unlike least squares it takes no notice of up to 29 % of the
 * points, wherever they lie. O(n^2 log n).
 *
 * @source P. K. Sen, Estimates of the Regression Coefficient Based on Kendall's Tau, Journal of the American Statistical Association 63(324), 1968
 */
export function theilSenSlope(points: readonly (readonly [x: number, y: number])[]): number {
  const slopes = points.flatMap(([x, y], index) =>
    points
      .slice(index + 1)
      .flatMap(([laterX, laterY]) => (laterX === x ? [] : [(laterY - y) / (laterX - x)])),
  );
  return median(slopes);
}
