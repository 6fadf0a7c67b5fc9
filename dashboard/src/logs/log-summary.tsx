import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LogBuffer } from './log-buffer.ts';

/** A screen reader hears how much came, not every line. */
const announceMs = 5_000;

interface LogSummaryProps {
  buffer: LogBuffer;
  shownRows: number;
  ended: boolean;
}

export function LogSummary({ buffer, shownRows, ended }: LogSummaryProps) {
  const { t } = useTranslation();
  const [news, setNews] = useState(0);
  const announced = useRef(buffer.droppedRows + buffer.rows.length);
  useEffect(() => {
    const timer = setInterval(() => {
      const total = buffer.droppedRows + buffer.rows.length;
      setNews(total - announced.current);
      announced.current = total;
    }, announceMs);
    return () => clearInterval(timer);
  }, [buffer]);
  return (
    <div className="log-status">
      <span>{t('log.lines', { count: shownRows })}</span>
      {buffer.droppedRows > 0 && <span>{t('log.dropped', { count: buffer.droppedRows })}</span>}
      {ended && <span>{t('log.complete')}</span>}
      <span className="visually-hidden" aria-live="polite">
        {news > 0 ? t('log.newLines', { count: news }) : ''}
      </span>
    </div>
  );
}
