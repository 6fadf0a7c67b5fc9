import { CopyText } from './copy-text.tsx';

interface CodeBoxProps {
  text: string;
  /** Says what the text is. */
  label: string;
  copyLabel: string;
  testId?: string;
}

/** Text that is read and copied, never interpreted. The button stands beside the text, not over it. */
export function CodeBox({ text, label, copyLabel, testId }: CodeBoxProps) {
  return (
    <div className="code-box">
      <pre
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        aria-label={label}
        data-testid={testId}
      >
        {text}
      </pre>
      <CopyText value={text} label={copyLabel} />
    </div>
  );
}
