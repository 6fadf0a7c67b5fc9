import { Compartment, EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useEffectEvent, useRef } from 'react';
import { editorExtensions, languageExtension } from './editor-extensions.ts';
import type { EditorSurfaceProps } from './editor-surface.ts';

/** CodeMirror on a page. Its chunk is fetched when the first editor is shown. */
export function RichEditor(props: EditorSurfaceProps) {
  const { value, language, readOnly, takesFocus } = props;
  const host = useRef<HTMLDivElement>(null);
  const shown = useRef<{ view: EditorView; language: Compartment; access: Compartment } | null>(
    null,
  );
  const changed = useEffectEvent(props.onChange);
  const ran = useEffectEvent(() => {
    props.onRun?.();
    return props.onRun !== undefined;
  });
  const start = useEffectEvent((parent: HTMLElement) => {
    const parts = { language: new Compartment(), access: new Compartment() };
    const view = new EditorView({
      parent,
      state: EditorState.create({
        doc: value,
        extensions: [
          editorExtensions({ onChange: (text) => changed(text), onRun: () => ran() }),
          parts.language.of(languageExtension(language)),
          parts.access.of(accessExtension(props)),
        ],
      }),
    });
    shown.current = { view, ...parts };
    if (takesFocus) view.focus();
    return view;
  });
  useEffect(() => {
    if (host.current === null) return undefined;
    const view = start(host.current);
    return () => {
      shown.current = null;
      view.destroy();
    };
  }, []);
  useEffect(() => {
    const view = shown.current?.view;
    if (view === undefined || view.state.doc.toString() === value) return;
    view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: value } });
  }, [value]);
  useEffect(() => {
    const parts = shown.current;
    parts?.view.dispatch({ effects: parts.language.reconfigure(languageExtension(language)) });
  }, [language]);
  const { labelId, describedBy, invalid } = props;
  useEffect(() => {
    const parts = shown.current;
    const access = accessExtension({ labelId, describedBy, invalid, readOnly });
    parts?.view.dispatch({ effects: parts.access.reconfigure(access) });
  }, [labelId, describedBy, invalid, readOnly]);
  return <div ref={host} className="code-editor-host" />;
}

type AccessProps = Pick<EditorSurfaceProps, 'labelId' | 'describedBy' | 'invalid' | 'readOnly'>;

/** What assistive technology hears of the editor, and whether it may be written in. */
function accessExtension({ labelId, describedBy, invalid, readOnly }: AccessProps) {
  return [
    EditorState.readOnly.of(readOnly),
    EditorView.contentAttributes.of({
      'aria-labelledby': labelId,
      ...(describedBy === '' ? {} : { 'aria-describedby': describedBy }),
      ...(invalid ? { 'aria-invalid': 'true' } : {}),
      ...(readOnly ? { 'aria-readonly': 'true' } : {}),
      // It scrolls, so the keyboard has to reach it by itself.
      tabindex: '0',
      spellcheck: 'false',
      autocapitalize: 'off',
    }),
  ];
}
