import { calibrationChart, latencyChart, scoreChart } from './compare-charts.ts';
import { comparedFigures, segmentHeads, segmentRow } from './compare-sheet.ts';
import { baselineName, type ComparedShadow } from './compared-shadow.ts';

/** Writes a comparison as an HTML page that needs nothing beside itself: no script, no other file. */
export function comparisonPage(compared: ComparedShadow): string {
  const { model, version, segmentBy, judged, detail } = compared;
  const title = `${model}: version ${version} against ${baselineName(compared)}`;
  const gates = judged.gates.map((gate) => [gate.gate, gate.kind, gate.verdict, gate.statement]);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
<p>Verdict of the gates: <strong>${escaped(judged.verdict?.decision ?? '-')}</strong> (${escaped(judged.verdict?.verdictId ?? '-')})</p>
<p><span class="shadow">■</span> version ${version} <span class="baseline">■</span> ${escaped(baselineName(compared))}</p>
<div class="charts">
${[calibrationChart(compared), scoreChart(compared), latencyChart(compared)].join('\n')}
</div>
<h2>Figures</h2>
${table(['figure', `version ${version}`, baselineName(compared)], comparedFigures(compared))}
<h2>Gates</h2>
${table(['gate', 'evidence', 'verdict', 'found'], gates)}
${detail.segments.length === 0 ? '' : `<h2>By ${escaped(segmentBy)}</h2>\n${table(segmentHeads(segmentBy), detail.segments.map(segmentRow))}`}
</body>
</html>
`;
}

const style = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem; color: #222; background: #fff; }
table { border-collapse: collapse; } th, td { text-align: left; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid #ddd; vertical-align: top; }
.charts { display: flex; flex-wrap: wrap; gap: 1rem; } svg { width: 20rem; height: 20rem; }
.shadow { color: #b3541e; } .baseline { color: #2f5d8a; }
`;

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[], tag: 'th' | 'td') =>
    `<tr>${cells.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>\n${row(heads, 'th')}\n${rows.map((cells) => row(cells, 'td')).join('\n')}\n</table>`;
}

/** Names of models and keys come from outside. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
