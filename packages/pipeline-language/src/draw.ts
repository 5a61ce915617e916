import type { Edge, Graph, Node } from './graph';

/** Aligned text, one line per step in an order in which they can run; steps of a branch are indented under their condition. */
export function toText(graph: Graph): string {
  const order = new Map(graph.order().map((name, index) => [name, index]));
  const rows: [string, string, string][] = [];
  const add = (node: Node, depth: number): void => {
    const side = node.branch === undefined ? '' : `${node.branch.side}: `;
    const waits = graph.edges.filter((edge) => edge.to === node.name && edge.why !== 'branch').map((edge) => edge.from);
    rows.push(['  '.repeat(depth) + side + node.name, node.type, waits.length === 0 ? '' : `<- ${waits.join(', ')}`]);
    children(node.name).forEach((child) => add(child, depth + 1));
  };
  const sorted = [...graph.nodes].sort((a, b) => (order.get(a.name) ?? Infinity) - (order.get(b.name) ?? Infinity));
  const sides = { if: 0, else: 1, body: 2 };
  const children = (of: string): Node[] =>
    sorted
      .filter((n) => n.branch?.of === of)
      .sort((a, b) => sides[a.branch?.side ?? 'if'] - sides[b.branch?.side ?? 'if']);
  sorted.filter((node) => node.branch === undefined).forEach((node) => add(node, 0));
  const width = [0, 1].map((column) => Math.max(0, ...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) => `${row[0].padEnd(width[0] ?? 0)}  ${row[1].padEnd(width[1] ?? 0)}  ${row[2]}`.trimEnd())
    .join('\n');
}

const label = (graph: Graph, edge: Edge): string =>
  edge.why === 'branch' ? (graph.nodes.find((n) => n.name === edge.to)?.branch?.side ?? '') : '';

/** Graphviz. */
export function toDot(graph: Graph): string {
  const shape = (node: Node): string =>
    node.type === 'Condition' ? 'diamond' : node.type === 'Fail' ? 'octagon' : 'box';
  const nodes = graph.nodes.map((n) => `  "${n.name}" [shape=${shape(n)}, label="${n.name}\\n${n.type}"];`);
  const edges = graph.edges.map((e) => {
    const text = label(graph, e);
    const style = [text && `label="${text}"`, e.why === 'depends-on' && 'style=dashed'].filter(Boolean).join(', ');
    return `  "${e.from}" -> "${e.to}"${style ? ` [${style}]` : ''};`;
  });
  return ['digraph pipeline {', '  rankdir=TB;', ...nodes, ...edges, '}'].join('\n');
}

/** A Mermaid flow chart, as Markdown renderers draw it. */
export function toMermaid(graph: Graph): string {
  const ids = new Map(graph.nodes.map((node, index) => [node.name, `s${index}`]));
  const box = (node: Node): string => {
    if (node.type === 'Condition') return `{${node.name}}`;
    return node.type === 'Fail' ? `([${node.name}])` : `[${node.name}]`;
  };
  const nodes = graph.nodes.map((node) => `  ${ids.get(node.name)}${box(node)}`);
  const edges = graph.edges
    .filter((edge) => ids.has(edge.from))
    .map((edge) => {
      const text = label(graph, edge);
      const arrow = edge.why === 'depends-on' ? '-.->' : '-->';
      return `  ${ids.get(edge.from)} ${arrow}${text ? `|${text}|` : ''} ${ids.get(edge.to)}`;
    });
  return ['flowchart TD', ...nodes, ...edges].join('\n');
}
