import { Eta } from 'eta';

/** A figure or table of the page. `html` comes from our own renderers, everything else is escaped by the template. */
export interface Section {
  readonly title: string;
  readonly lead?: string;
  readonly html?: string;
  readonly figures?: readonly { readonly caption: string; readonly svg: string }[];
  readonly table?: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
}

export interface Page {
  readonly title: string;
  readonly subtitle: string;
  readonly verdict: string;
  readonly sections: readonly Section[];
}

const template = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title><%= it.title %></title>
<style>
  :root { color-scheme: light; --ink: #1d2733; --soft: #5b6675; --line: #dfe4ea; --accent: #2f6db5; }
  body { font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; color: var(--ink); background: #f6f8fa; margin: 0; }
  main { max-width: 980px; margin: 0 auto; padding: 32px 20px 64px; }
  h1 { font-size: 26px; margin: 0; }
  .subtitle { color: var(--soft); margin: 4px 0 20px; }
  .verdict { background: #fff; border-left: 4px solid var(--accent); padding: 14px 18px; border-radius: 4px; font-size: 16px; }
  section { background: #fff; border: 1px solid var(--line); border-radius: 8px; padding: 18px 22px; margin-top: 20px; overflow-x: auto; }
  h2 { font-size: 18px; margin: 0 0 8px; }
  p.lead { color: var(--soft); margin: 0 0 12px; }
  table { border-collapse: collapse; width: 100%; font-size: 14px; }
  th, td { text-align: left; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
  td { font-variant-numeric: tabular-nums; white-space: pre-line; }
  td:last-child { overflow-wrap: anywhere; }
  figure { display: inline-block; margin: 8px 20px 8px 0; vertical-align: top; }
  figcaption { color: var(--soft); font-size: 13px; max-width: 460px; }
  svg { max-width: 100%; height: auto; }
  pre { white-space: pre-wrap; margin: 0; font: 13px/1.45 ui-monospace, monospace; }
</style>
<main>
<h1><%= it.title %></h1>
<p class="subtitle"><%= it.subtitle %></p>
<p class="verdict"><%= it.verdict %></p>
<% for (const section of it.sections) { %>
<section>
<h2><%= section.title %></h2>
<% if (section.lead) { %><p class="lead"><%= section.lead %></p><% } %>
<% if (section.html) { %><%~ section.html %><% } %>
<% for (const figure of section.figures ?? []) { %><figure><%~ figure.svg %><figcaption><%= figure.caption %></figcaption></figure><% } %>
<% if (section.table) { %><table><thead><tr><% for (const cell of section.table.head) { %><th><%= cell %></th><% } %></tr></thead>
<tbody><% for (const row of section.table.rows) { %><tr><% for (const cell of row) { %><td><%= cell %></td><% } %></tr><% } %></tbody></table><% } %>
</section>
<% } %>
</main>
</html>
`;

/** One HTML file without anything to load: it opens offline. */
export function renderPage(page: Page): string {
  return new Eta({ autoEscape: true }).renderString(template, page);
}
