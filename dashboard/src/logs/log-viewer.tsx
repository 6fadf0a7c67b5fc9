import { Group } from '@mantine/core';
import { isMarketError } from '@node3/shared/error';
import { IconArrowBarToDown } from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorView } from '../parts/error-view.tsx';
import { FilterChips } from './filter-chips.tsx';
import { FindBar } from './find-bar.tsx';
import { LogActions } from './log-actions.tsx';
import { useLogOptions } from './log-options.ts';
import { LogRows, type LogRowsControls } from './log-rows.tsx';
import type { LogSource } from './log-source.ts';
import { LogSummary } from './log-summary.tsx';
import { isPlain, type LogFilter, noFilter } from './log-view.ts';
import { useFirstError } from './use-first-error.ts';
import { useFrameVersion, useJobLog } from './use-job-log.ts';
import { useLineRange } from './use-line-range.ts';
import { useLogFind } from './use-log-find.ts';
import { useLogKeys } from './use-log-keys.ts';
import './log-box.css';
import './log-tools.css';
import './log-viewer.css';

export interface LogViewerProps {
  makeSource: () => LogSource;
  /** Whether the job is running: then the end is followed. */
  isRunning: boolean;
  startedAtMs: number | null;
  attempts: number;
  /** Says why there is no line, by what became of the job. */
  emptyText: (removedAt: string | null) => string;
  /** As tall as the window, instead of a part of a page. */
  isPage?: boolean;
}

/** The banner of the page says so as well, and the lines that are here keep their place. */
function isAway(error: unknown): boolean {
  return isMarketError(error, 'MARKETPLACE_UNREACHABLE');
}

/** A log of any length, live: what is looked at is read, everything else is not. */
export function LogViewer(props: LogViewerProps) {
  const { isRunning, startedAtMs, attempts, emptyText } = props;
  const { t } = useTranslation();
  const [range, chooseRange] = useLineRange();
  const log = useJobLog(props.makeSource, range?.from ?? 1);
  const { store, loader, search, view, state, source } = log;
  const [options, changeOptions] = useLogOptions();
  const [filter, setFilter] = useState<LogFilter>(noFilter);
  const [following, setFollowing] = useState(isRunning && range === null);
  const [isFull, setFull] = useState(false);
  const [seenSeq, setSeenSeq] = useState(0);
  const [isAtEnd, setAtEnd] = useState(true);
  const rows = useRef<LogRowsControls>(null);
  const input = useRef<HTMLInputElement>(null);
  const linesVersion = useFrameVersion(store.subscribe, store.version);
  const finding = useLogFind(log);
  const { find, searched } = finding;
  const isHits = find.isFilter && searched !== '';
  const around = isHits ? options.context : null;
  const shownFilter = useMemo(() => ({ ...filter, around }), [filter, around]);
  view.set(shownFilter);
  view.update(finding.state.version);
  const isFiltered = !isPlain(shownFilter);
  const { count } = view;
  // A filter says something of all lines, so all of them are read.
  useEffect(() => {
    if (isFiltered) void loader.readAll();
  }, [loader, isFiltered]);
  const lastSeq = store.lastSeq;
  if ((following || isAtEnd) && seenSeq !== lastSeq) setSeenSeq(lastSeq);
  // The lines that a link names are gone to once, when they are here.
  const linked = useRef(range?.from ?? null);
  useEffect(() => {
    const seq = linked.current;
    if (seq === null || count === 0) return;
    linked.current = null;
    rows.current?.showLine(seq);
  }, [count]);
  const firstError = useFirstError(log, (seq) => rows.current?.showLine(seq));
  const shownSeq = useRef(1);
  function go(direction: 'next' | 'previous') {
    const seq = finding.go(shownSeq.current, direction);
    if (seq !== null) rows.current?.showLine(seq);
  }
  function chooseLine(seq: number, kind: 'one' | 'through') {
    if (kind === 'through' && range !== null) {
      chooseRange({ from: Math.min(range.from, seq), to: Math.max(range.from, seq) });
    } else if (range?.from === seq && range.to === seq) chooseRange(null);
    else chooseRange({ from: seq, to: seq });
  }
  const onKeyDown = useLogKeys({
    follow: () => setFollowing(!following),
    toEnd: () => setFollowing(true),
    toStart: () => rows.current?.showStart(),
    toError: firstError.go,
    find: () => input.current?.select(),
    go,
    wrap: () => changeOptions({ isWrapped: !options.isWrapped }),
    options,
    changeOptions,
    leaveFull: isFull ? () => setFull(false) : null,
  });
  const unseen = lastSeq - seenSeq;
  const isEmpty = count === 0;
  return (
    // Keys of the log work wherever the focus is within it; none is taken from a field.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className="log-viewer"
      data-full={isFull}
      data-page={props.isPage === true}
      onKeyDown={onKeyDown}
    >
      <div className="log-tools">
        <Group gap="xs" justify="space-between">
          <FindBar
            find={find}
            onChange={finding.change}
            onGo={go}
            search={finding.state}
            place={finding.place}
            isReading={state.reading}
            input={input}
          />
          <LogActions
            parts={log}
            jobId={source.jobId}
            filter={shownFilter}
            find={find}
            options={options}
            onOptions={changeOptions}
            following={following}
            onFollow={setFollowing}
            onStart={() => rows.current?.showStart()}
            onFirstError={firstError.go}
            isFull={isFull}
            onFull={setFull}
            range={range}
            cleared={filter.clearedThrough > 0}
            onClear={(isCleared) =>
              setFilter({ ...filter, clearedThrough: isCleared ? store.lastSeq : 0 })
            }
          />
        </Group>
        <FilterChips
          filter={filter}
          onChange={(change) => setFilter({ ...filter, ...change })}
          levelCounts={store.levelCounts()}
          isComplete={store.isComplete()}
          attempts={attempts}
        />
      </div>
      {state.error !== null && (isEmpty || !isAway(state.error)) && (
        <div className="section-body">
          <ErrorView error={state.error} onRetry={() => loader.retry()} />
        </div>
      )}
      <div className="log-frame">
        <LogRows
          view={view}
          search={search}
          version={`${linesVersion}/${finding.state.version}`}
          options={options}
          startedAtMs={startedAtMs}
          following={following}
          onFollow={setFollowing}
          onEnd={setAtEnd}
          onShow={(from, to, seq) => {
            shownSeq.current = seq;
            loader.show(from, to);
          }}
          onLine={chooseLine}
          range={range}
          hitSeq={finding.hitSeq}
          controls={rows}
        />
        {isEmpty && (
          <p className="log-empty">
            {isFiltered && store.lastSeq > 0
              ? state.reading
                ? t('log.loading')
                : t('log.noMatch')
              : filter.clearedThrough > 0
                ? t('log.cleared')
                : state.phase === 'loading'
                  ? t('log.loading')
                  : emptyText(state.removedAt)}
          </p>
        )}
        {!following && !isAtEnd && (
          <button type="button" className="log-jump" onClick={() => setFollowing(true)}>
            <IconArrowBarToDown size={15} aria-hidden />
            {seenSeq > 0 && unseen > 0 ? t('log.newLines', { count: unseen }) : t('log.jumpToEnd')}
          </button>
        )}
      </div>
      <LogSummary
        store={store}
        state={state}
        shownRows={count}
        isFiltered={isFiltered}
        isFollowed={log.isFollowed}
        range={range}
      />
    </div>
  );
}
