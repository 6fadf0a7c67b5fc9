/** Colours of series by their place, as variables of the theme: at least 3:1 on cards in both schemes. */
const colors = ['indigo', 'teal', 'orange', 'grape', 'cyan', 'red', 'lime', 'gray'] as const;
/** Told apart by their strokes as well, for who can't tell the colours. */
const dashes = [[], [6, 3], [2, 3], [10, 3, 2, 3], [1, 3], [8, 6], [4, 2], [12, 4]] as const;

export function seriesVariable(index: number): string {
  return `--mantine-color-${colors[index % colors.length] ?? 'gray'}-text`;
}

export function seriesDash(index: number): number[] {
  return [...(dashes[index % dashes.length] ?? [])];
}

export function LineSwatch({ index }: { index: number }) {
  return (
    <svg width="22" height="8" aria-hidden="true" className="chart-swatch">
      <line
        x1="0"
        y1="4"
        x2="22"
        y2="4"
        strokeWidth="2"
        strokeDasharray={seriesDash(index).join(' ')}
        style={{ stroke: `var(${seriesVariable(index)})` }}
      />
    </svg>
  );
}

export function BlockSwatch({ index }: { index: number }) {
  return (
    <span
      className="chart-block"
      data-pattern={index % 4}
      style={{ color: `var(${seriesVariable(index)})` }}
      aria-hidden="true"
    />
  );
}

export function ShadeSwatch({ kind }: { kind: 'band' | 'marked' }) {
  return <span className="chart-shade" data-kind={kind} aria-hidden="true" />;
}
