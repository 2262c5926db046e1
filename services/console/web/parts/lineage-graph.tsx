import { useState } from 'preact/hooks';
import { type Lineage, type LineageNode, lineageKinds, relativesOf } from '../../core/lineage.ts';
import { Scrollable } from './scrollable.tsx';

const rowPx = 34;
const headPx = 30;
const boxPx = 26;
/** Left edges and widths of the columns: sources, views, features, models. */
const columns = [
  { left: 0, width: 120 },
  { left: 190, width: 210 },
  { left: 470, width: 220 },
  { left: 760, width: 160 },
] as const;
const widthPx = 920;
const heads = ['Sources', 'Views', 'Features', 'Models'] as const;

const fallbackColumn = columns[0];
const columnOf = (node: LineageNode) => columns[node.column] ?? fallbackColumn;
const middleOf = ({ row }: LineageNode) => headPx + row * rowPx + boxPx / 2;

/** From sources to models as a graph. A node that is chosen shows what it comes from and leads to. */
export function LineageGraph({ lineage }: { readonly lineage: Lineage }) {
  const [chosen, setChosen] = useState('');
  const { nodes, edges, rows } = lineage;
  if (nodes.length === 0) return <p class="quiet">no model takes a feature yet</p>;
  const related = chosen === '' ? undefined : relativesOf(chosen, edges);
  const byId = new Map(nodes.map((node) => [node.id, node] as const));
  const isDim = (id: string) => related?.has(id) === false;
  return (
    <>
      <p class="quiet">Choose a node to see what it comes from and where it leads.</p>
      <Scrollable name={summaryOf(nodes)}>
        <svg
          class="lineage"
          width={widthPx}
          height={headPx + rows * rowPx}
          viewBox={`0 0 ${widthPx} ${headPx + rows * rowPx}`}
        >
          <title>From sources to models</title>
          {heads.map((head, column) => (
            <text key={head} class="head" x={columns[column]?.left} y={14}>
              {head}
            </text>
          ))}
          {edges.map(({ from, to }) => {
            const [left, right] = [byId.get(from), byId.get(to)];
            if (left === undefined || right === undefined) return null;
            const isFaint = related !== undefined && (isDim(from) || isDim(to));
            const kind = isFaint ? 'edge dim' : related === undefined ? 'edge' : 'edge strong';
            return <path key={`${from} ${to}`} class={kind} d={curve(left, right)} />;
          })}
          {nodes.map((node) => (
            <Node
              key={node.id}
              node={node}
              isChosen={node.id === chosen}
              isDim={isDim(node.id)}
              onChoose={() => setChosen(node.id === chosen ? '' : node.id)}
            />
          ))}
        </svg>
      </Scrollable>
    </>
  );
}

function Node({
  node,
  isChosen,
  isDim,
  onChoose,
}: {
  readonly node: LineageNode;
  readonly isChosen: boolean;
  readonly isDim: boolean;
  readonly onChoose: () => void;
}) {
  const { left, width } = columnOf(node);
  const top = middleOf(node) - boxPx / 2;
  const charsMax = Math.floor((width - 16) / 7);
  const shown = node.name.length <= charsMax ? node.name : `${node.name.slice(0, charsMax - 1)}…`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a graph is drawn in SVG, which has no button
    <g
      class={`node ${node.kind} ${isDim ? 'dim' : ''} ${isChosen ? 'chosen' : ''}`}
      role="button"
      tabIndex={0}
      aria-pressed={isChosen}
      aria-label={`${node.kind} ${node.name}`}
      onClick={onChoose}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        onChoose();
      }}
    >
      <title>{node.name}</title>
      <rect x={left} y={top} width={width} height={boxPx} rx={6} />
      <text x={left + 10} y={top + 17}>
        {shown}
      </text>
    </g>
  );
}

function curve(left: LineageNode, right: LineageNode): string {
  const from = columnOf(left).left + columnOf(left).width;
  const to = columnOf(right).left;
  const middle = (from + to) / 2;
  const [y1, y2] = [middleOf(left), middleOf(right)];
  return `M${from} ${y1} C${middle} ${y1} ${middle} ${y2} ${to} ${y2}`;
}

function summaryOf(nodes: readonly LineageNode[]): string {
  const counts = lineageKinds.map((kind) => {
    const count = nodes.filter((node) => node.kind === kind).length;
    return `${count} ${kind}${count === 1 ? '' : 's'}`;
  });
  return `Lineage: ${counts.join(', ')}`;
}
