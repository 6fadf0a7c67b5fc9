import type { EditorSurfaceProps } from './editor-surface.ts';

export function PlainEditor(props: EditorSurfaceProps) {
  return (
    <textarea
      className="code-editor-plain"
      value={props.value}
      readOnly={props.readOnly}
      aria-labelledby={props.labelId}
      aria-describedby={props.describedBy === '' ? undefined : props.describedBy}
      aria-invalid={props.invalid}
      spellCheck={false}
      autoCapitalize="off"
      onChange={(event) => props.onChange(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) props.onRun?.();
      }}
    />
  );
}
