import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import { json } from '@codemirror/lang-json';
import { python } from '@codemirror/lang-python';
import { yaml } from '@codemirror/lang-yaml';
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  StreamLanguage,
  syntaxHighlighting,
} from '@codemirror/language';
import { shell } from '@codemirror/legacy-modes/mode/shell';
import { EditorState, type Extension, Prec } from '@codemirror/state';
import { EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import type { CodeLanguage } from './code-language.ts';

/** Classes instead of colours: those are in code-editor.css, once for each colour scheme. */
const highlighting = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.operatorKeyword], class: 'code-keyword' },
  { tag: [tags.string, tags.special(tags.string), tags.regexp], class: 'code-string' },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], class: 'code-number' },
  { tag: tags.comment, class: 'code-comment' },
  { tag: [tags.function(tags.variableName), tags.function(tags.propertyName)], class: 'code-call' },
  { tag: [tags.definition(tags.variableName), tags.className], class: 'code-name' },
  { tag: [tags.typeName, tags.namespace], class: 'code-type' },
  { tag: [tags.propertyName, tags.attributeName, tags.labelName], class: 'code-property' },
  { tag: tags.invalid, class: 'code-invalid' },
]);

const indented = (support: Extension, columns: number): Extension => [
  support,
  indentUnit.of(' '.repeat(columns)),
];

const extensions: Record<CodeLanguage, Extension> = {
  python: indented(python(), 4),
  javascript: indented(javascript(), 2),
  typescript: indented(javascript({ typescript: true }), 2),
  bash: indented(StreamLanguage.define(shell), 2),
  yaml: indented(yaml(), 2),
  json: indented(json(), 2),
  text: [],
};

export function languageExtension(language: CodeLanguage): Extension {
  return extensions[language];
}

interface Listeners {
  onChange: (text: string) => void;
  /** Answers whether the keys meant anything. */
  onRun: () => boolean;
}

/** What every editor has, whatever its language. */
export function editorExtensions({ onChange, onRun }: Listeners): Extension {
  return [
    lineNumbers(),
    history(),
    indentOnInput(),
    bracketMatching(),
    highlightActiveLine(),
    EditorState.tabSize.of(4),
    syntaxHighlighting(highlighting),
    Prec.high(keymap.of([{ key: 'Mod-Enter', run: onRun }])),
    keymap.of([...defaultKeymap, ...historyKeymap, indentWithTab]),
    leaveByEscape,
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString());
    }),
  ];
}

/** After Escape the next Tab leaves the editor, however long that takes; typing takes it back. */
const leaveByEscape: Extension = [
  Prec.highest(
    EditorView.domEventHandlers({
      keydown(event, view) {
        if (event.key === 'Escape') view.setTabFocusMode(true);
        return false;
      },
      blur(_event, view) {
        view.setTabFocusMode(false);
      },
    }),
  ),
  EditorView.updateListener.of(({ docChanged, view }) => {
    if (docChanged) view.setTabFocusMode(false);
  }),
];
