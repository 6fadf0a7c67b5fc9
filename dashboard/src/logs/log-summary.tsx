import { lineLevels } from '@node3/shared/line-level';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LineRange } from './line-range.ts';
import type { LoadState } from './log-loader.ts';
import type { LogStore } from './log-store.ts';

/** A screen reader hears how much came, not every line. */
const announceMs = 5_000;

interface LogSummaryProps {
  store: LogStore;
  state: LoadState;
  shownRows: number;
  isFiltered: boolean;
  isFollowed: boolean;
  range: LineRange | null;
}

/** How much there is, how current it is, and, for screen readers, what is new. */
export function LogSummary(props: LogSummaryProps) {
  const { store, state, shownRows, isFiltered, isFollowed, range } = props;
  const { t } = useTranslation();
  const news = useNews(store);
  const connection =
    state.phase === 'ended'
      ? 'complete'
      : state.phase === 'loading'
        ? 'loading'
        : isFollowed
          ? 'live'
          : 'polling';
  return (
    <div className="log-status">
      <span className="log-connection" data-state={connection}>
        {t(`log.connection.${connection}`)}
      </span>
      <span>{t('log.lines', { count: store.lastSeq })}</span>
      {isFiltered && <span>{t('log.shown', { count: shownRows })}</span>}
      {state.reading && <span>{t('log.reading', { count: heldLines(store) })}</span>}
      {range !== null && (
        <span>
          {range.from === range.to
            ? t('log.line', { number: range.from })
            : t('log.lineRange', { from: range.from, to: range.to })}
        </span>
      )}
      <span className="visually-hidden" aria-live="polite">
        {news.lines > 0 ? t('log.newLines', { count: news.lines }) : ''}
        {news.errors > 0 ? `, ${t('log.newErrors', { count: news.errors })}` : ''}
      </span>
    </div>
  );
}

function heldLines(store: LogStore): number {
  let lines = 0;
  for (const [, chunk] of store.held()) lines += chunk.through - chunk.firstSeq + 1;
  return lines;
}

function useNews(store: LogStore): { lines: number; errors: number } {
  const [news, setNews] = useState({ lines: 0, errors: 0 });
  const told = useRef({ lines: store.lastSeq, errors: 0 });
  useEffect(() => {
    const timer = setInterval(() => {
      const errors = store.levelCounts()[lineLevels.indexOf('error')] ?? 0;
      const now = { lines: store.lastSeq, errors };
      setNews({
        lines: now.lines - told.current.lines,
        errors: Math.max(0, now.errors - told.current.errors),
      });
      told.current = now;
    }, announceMs);
    return () => clearInterval(timer);
  }, [store]);
  return news;
}
