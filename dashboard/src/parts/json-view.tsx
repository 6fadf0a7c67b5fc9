import { CopyText } from './copy-text.tsx';

/** JSON as text: readable, copyable, and never interpreted. */
export function JsonView({ value, label }: { value: unknown; label: string }) {
  const text = JSON.stringify(value, null, 2);
  return (
    <div className="json-view">
      <pre
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        aria-label={label}
      >
        {text}
      </pre>
      <div className="json-copy">
        <CopyText value={text} label={label} />
      </div>
    </div>
  );
}
