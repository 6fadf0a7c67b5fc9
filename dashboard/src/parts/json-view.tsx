import { CodeBox } from './code-box.tsx';

/** JSON as text: readable, copyable, and never interpreted. */
export function JsonView({ value, label }: { value: unknown; label: string }) {
  return <CodeBox text={JSON.stringify(value, null, 2)} label={label} copyLabel={label} />;
}
