import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { type StyledPart, styleParts } from './ansi.ts';
import type { LogRow } from './log-buffer.ts';

interface LogRowLineProps {
  row: LogRow;
  top: number;
  timeText: string | null;
}

/** One line: number, source, text. The source is a word as well as a colour. */
export const LogRowLine = memo(function LogRowLine({ row, top, timeText }: LogRowLineProps) {
  const { t } = useTranslation();
  const text = row.text.endsWith('\r') ? row.text.slice(0, -1) : row.text;
  return (
    <div className="log-row" data-stream={row.stream} style={{ transform: `translateY(${top}px)` }}>
      <span className="log-number" aria-hidden="true">
        {row.seq}
      </span>
      {timeText !== null && <span className="log-time">{timeText}</span>}
      <span className="log-stream">{t(`log.stream.${row.stream}`)}</span>
      <span className="log-text">
        {styleParts(text).map((part, index) => (
          // Parts of one line never move, so their place is their identity.
          // oxlint-disable-next-line react/no-array-index-key
          <Part key={index} part={part} />
        ))}
      </span>
    </div>
  );
});

function Part({ part }: { part: StyledPart }) {
  if (part.className === '' && part.color === null && part.background === null) return part.text;
  // The style sheet takes the colours from variables and moves them to a readable lightness.
  const style: Record<string, string> = {};
  const names = [part.className];
  if (part.color !== null) {
    style['--ansi-color'] = part.color;
    names.push('ansi-custom');
  }
  if (part.background !== null) {
    style['--ansi-background'] = part.background;
    names.push('ansi-custom-background');
  }
  return (
    <span className={names.filter(Boolean).join(' ')} style={style}>
      {part.text}
    </span>
  );
}
