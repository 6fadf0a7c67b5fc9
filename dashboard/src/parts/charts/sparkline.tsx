import './charts.css';

interface SparklineProps {
  /** Null is a gap in the line. */
  points: readonly (number | null)[];
  min: number;
  max: number;
  /** What it shows, for who can't see it. */
  label: string;
}

const width = 120;
const height = 26;

/** A small line without axes, beside a number that it gives a past to. */
export function Sparkline({ points, min, max, label }: SparklineProps) {
  const span = Math.max(max - min, Number.EPSILON);
  const x = (index: number) => (index * width) / Math.max(points.length - 1, 1);
  const y = (value: number) => height - 1 - ((value - min) / span) * (height - 2);
  const path = points
    .map((value, index) => {
      if (value === null) return '';
      const isFirst = (points[index - 1] ?? null) === null;
      return `${isFirst ? 'M' : 'L'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    })
    .join('');
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <path d={path} fill="none" vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
