import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { type LineSegment, lineSegments, type Span } from './line-segments.ts';
import type { ViewRow } from './log-view.ts';

export interface LogRowLineProps {
  row: ViewRow;
  index: number;
  /** From the top of the rows, in pixels. */
  top: number;
  timeText: string | null;
  marks: readonly Span[];
  /** `line`: a link leads to it. `hit`: it is the one that was gone to. */
  focus: 'line' | 'hit' | null;
}

/** One line: number, source, text. The source and the level are words as well as colours. */
export const LogRowLine = memo(function LogRowLine(props: LogRowLineProps) {
  const { row, index, top, timeText, marks, focus } = props;
  const { t } = useTranslation();
  const isHere = row.text !== null;
  return (
    <div
      className="log-row"
      data-index={index}
      data-stream={isHere ? row.stream : undefined}
      data-level={isHere ? (row.level ?? undefined) : undefined}
      data-focus={focus ?? undefined}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span className="log-number" data-seq={row.seq} aria-hidden="true">
        {row.seq}
      </span>
      {timeText !== null && <span className="log-time">{timeText}</span>}
      <span className="log-stream">
        {isHere ? t(row.level === null ? `log.stream.${row.stream}` : `log.word.${row.level}`) : ''}
      </span>
      <span className="log-text" dir="ltr">
        {isHere
          ? lineSegments(row.text, marks).map((segment, at) => (
              // Pieces of one line never move, so their place is their identity.
              // oxlint-disable-next-line react/no-array-index-key
              <Segment key={at} segment={segment} />
            ))
          : '…'}
      </span>
    </div>
  );
});

function Segment({ segment }: { segment: LineSegment }) {
  const { text, className, color, background, href, isMarked } = segment;
  // The style sheet takes the colours from variables and moves them to a readable lightness.
  const style: Record<string, string> = {};
  const names = [className];
  if (color !== null) {
    style['--ansi-color'] = color;
    names.push('ansi-custom');
  }
  if (background !== null) {
    style['--ansi-background'] = background;
    names.push('ansi-custom-background');
  }
  const look = names.filter(Boolean).join(' ');
  const shown = isMarked ? <mark className="log-mark">{text}</mark> : text;
  if (href !== null) {
    return (
      <a className={look} style={style} href={href} target="_blank" rel="noopener noreferrer">
        {shown}
      </a>
    );
  }
  if (look === '') return shown;
  return (
    <span className={look} style={style}>
      {shown}
    </span>
  );
}
