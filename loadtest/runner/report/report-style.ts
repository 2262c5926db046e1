/** Stylesheet of a report: light, or dark where the reader's system is. */
export const reportStyle = `
:root { color-scheme: light dark; --ink: #1c2430; --faint: #8792a2; --rule: #dfe4ea; --paper: #fff;
  --a: #1f6feb; --b: #7a8699; --c: #d9822b; --d: #c93c37; --good: #1a7f37; --bad: #c93c37; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6eaf0; --faint: #8a94a3; --rule: #333b46; --paper: #15191f;
  --a: #58a6ff; --b: #9aa5b4; --c: #e3a04f; --d: #f47067; --good: #3fb950; --bad: #f47067; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 780px; margin: 0 auto; padding: 24px 16px 48px; }
h1 { font-size: 22px; margin: 0 0 8px; } h2 { font-size: 16px; margin: 28px 0 8px; }
.verdict { font-weight: 600; margin: 0 0 8px; } .good { color: var(--good); } .bad { color: var(--bad); }
.fact { color: var(--faint); margin: 0; font-size: 13px; }
figure { margin: 28px 0 0; } figcaption { font-weight: 600; } figcaption small { color: var(--faint); font-weight: 400; }
svg { width: 100%; height: auto; display: block; }
.grid { stroke: var(--rule); } .axis { fill: var(--faint); font-size: 11px; }
.line { fill: none; stroke-width: 1.6; stroke-linejoin: round; } .line.a { stroke: var(--a); } .line.b { stroke: var(--b); }
.line.c { stroke: var(--c); } .line.d { stroke: var(--d); } line.bound { stroke: var(--good); stroke-dasharray: 5 4; }
.band { fill: transparent; } .band:hover { fill: var(--faint); fill-opacity: 0.15; }
.legend { font-size: 13px; color: var(--faint); } .key { margin-right: 14px; white-space: nowrap; }
.key::before { content: ''; display: inline-block; width: 14px; height: 3px; margin: 0 6px 3px 0; background: var(--b); }
.key.a::before { background: var(--a); } .key.c::before { background: var(--c); } .key.d::before { background: var(--d); }
.key.bound::before { background: var(--good); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: 13px; }
th, td { text-align: left; padding: 4px 12px 4px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
th { color: var(--faint); font-weight: 500; } td { font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
`;
