const light = `
  color-scheme: light;
  --back: #fff; --text: #212529; --quiet: #495057; --line: #ced4da; --well: #f1f3f5; --link: #1864ab;
  --idle: #495057; --busy: #364fc7; --good: #1e6b2e; --bad: #a61e1e; --warn: #8a3200;`;
const dark = `
  color-scheme: dark;
  --back: #1f2025; --text: #e3e5ea; --quiet: #b4b6bb; --line: #44464d; --well: #141519; --link: #a5b8ff;
  --idle: #ced0d6; --busy: #b0c0ff; --good: #8ce99a; --bad: #ffa8a8; --warn: #ffc078;`;

/** Colours keep 4.5:1 on both backgrounds; axe checks it in the browser test. */
export const embedStyle = `
:host { display: block; ${light} }
@media (prefers-color-scheme: dark) { :host(:not([theme='light'])) { ${dark} } }
:host([theme='dark']) { ${dark} }
[hidden] { display: none !important; }
.card {
  box-sizing: border-box; padding: 16px; border: 1px solid var(--line); border-radius: 8px;
  background: var(--back); color: var(--text);
  font: 14px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif; text-align: start;
}
.head { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; justify-content: space-between; }
.name { font-weight: 650; unicode-bidi: isolate; overflow-wrap: anywhere; }
.badge { display: inline-flex; gap: 6px; align-items: center; font-weight: 600; color: var(--idle); }
.badge svg { width: 16px; height: 16px; fill: none; stroke: currentColor; stroke-width: 2; flex: none; }
.busy { color: var(--busy); } .good { color: var(--good); } .bad { color: var(--bad); }
.warn { color: var(--warn); }
p { margin: 4px 0 0; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); font-size: 13px; font-variant-numeric: tabular-nums; }
.notice { color: var(--warn); }
progress { display: block; width: 100%; height: 8px; margin-top: 8px; accent-color: var(--busy); }
pre {
  box-sizing: border-box; max-height: 20em; margin: 12px 0 0; padding: 8px 12px; overflow: auto;
  border-radius: 4px; background: var(--well); color: var(--text); white-space: pre-wrap;
  overflow-wrap: anywhere; unicode-bidi: plaintext;
  font: 12.5px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace;
}
ul { margin: 12px 0 0; padding: 0; list-style: none; }
li { min-height: 24px; overflow-wrap: anywhere; }
a { color: var(--link); margin-inline-end: 8px; unicode-bidi: isolate; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
`;
