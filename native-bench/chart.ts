import type { Row } from './part.ts';
import { headerText, type NativeReport } from './report.ts';

const width = 900;
const barHeight = 16;
const labelWidth = 330;
const valueWidth = 90;
const colours = ['#2463a6', '#c4572e', '#3d8a5a', '#7b5aa6', '#8a7326', '#52606d'];

/** Draws the rows of all parts as bars of rows a second, on a logarithmic scale, as one SVG image. */
export function drawChart({ results }: NativeReport): string {
  const parts: string[] = [];
  let top = 48;
  for (const [name, { rows }] of results) {
    if (rows.length === 0) continue;
    parts.push(textAt(12, top + 12, `${name}: rows/s, logarithmic`, 'bold'));
    top += 22;
    parts.push(...bars(rows, top));
    top += rows.length * (barHeight + 4) + 18;
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top}" viewBox="0 0 ${width} ${top}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${top}" fill="#ffffff"/>`,
    textAt(12, 22, headerText()),
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function bars(rows: readonly Row[], top: number): readonly string[] {
  const backends = [...new Set(rows.map(({ backend }) => backend))];
  const most = Math.max(...rows.map(({ rowsPerSecond }) => rowsPerSecond), 10);
  const lengthOf = (value: number): number =>
    (Math.log10(Math.max(1, value)) / Math.log10(most)) * (width - labelWidth - valueWidth);
  return rows.flatMap((row, index) => {
    const y = top + index * (barHeight + 4);
    const length = lengthOf(row.rowsPerSecond).toFixed(1);
    const colour = colours[backends.indexOf(row.backend) % colours.length] ?? '#000000';
    const threads = row.threads === 0 ? '' : `, ${row.threads} thread${row.threads > 1 ? 's' : ''}`;
    return [
      textAt(12, y + 12, `${row.backend}, ${row.path}, batch ${row.batch}${threads}`),
      `<rect x="${labelWidth}" y="${y}" width="${length}" height="${barHeight}" fill="${colour}"/>`,
      textAt(labelWidth + Number(length) + 6, y + 12, Math.round(row.rowsPerSecond).toString()),
    ];
  });
}

function textAt(x: number, y: number, text: string, weight = 'normal'): string {
  return `<text x="${x}" y="${y}" font-weight="${weight}">${escaped(text)}</text>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
