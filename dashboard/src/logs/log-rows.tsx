import { useElementSize } from '@mantine/hooks';
import {
  type MouseEvent,
  type Ref,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/use-format.ts';
import type { LineRange } from './line-range.ts';
import { type LogOptions, rowPxBySize } from './log-options.ts';
import { LogRowLine } from './log-row.tsx';
import type { LogSearch } from './log-search.ts';
import { chunkOf } from './log-store.ts';
import type { LogView, ViewRow } from './log-view.ts';
import { RowHeights } from './row-heights.ts';

/** Firefox draws no box that is taller than 17.8 million pixels; Chromium stops at 33 million. */
const canvasPxMax = 17_000_000;
const overscanRows = 20;

export interface LogRowsControls {
  showLine(seq: number): void;
  showStart(): void;
  focus(): void;
}

interface LogRowsProps {
  view: LogView;
  search: LogSearch;
  /** Changes whenever the rows do. */
  version: string;
  options: LogOptions;
  startedAtMs: number | null;
  following: boolean;
  onFollow: (following: boolean) => void;
  /** Whether the last row is in view. */
  onEnd: (isAtEnd: boolean) => void;
  /** Which chunks are in view. */
  onShow: (from: number, to: number, firstSeq: number) => void;
  onLine: (seq: number, kind: 'one' | 'through') => void;
  range: LineRange | null;
  hitSeq: number | null;
  controls: Ref<LogRowsControls>;
}

/** The rows in view, at their places in a box as tall as all of them; in windows where that is too tall. */
export function LogRows(props: LogRowsProps) {
  const { view, search, options, following, onFollow, onShow, range, hitSeq } = props;
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const { ref: sizeRef, height } = useElementSize<HTMLDivElement>();
  const [top, setTop] = useState(0);
  const [base, setBase] = useState(0);
  const [, measureAgain] = useState(0);
  const timeOf = useTimes(props);
  const rowPx = rowPxBySize[options.size];
  const perWindow = Math.floor(canvasPxMax / rowPx);
  const { count } = view;
  const start = following ? Math.max(0, count - perWindow) : Math.min(base, Math.max(0, count - 1));
  const shown = Math.min(perWindow, count - start);
  const heights = useHeights(rowPx, `${options.isWrapped}/${rowPx}/${start}/${view.filterVersion}`);
  const offset = (index: number) => (options.isWrapped ? heights.offset(index) : index * rowPx);
  const indexAt = (px: number) =>
    options.isWrapped ? heights.indexAt(px, shown) : Math.floor(px / rowPx);
  const first = Math.max(0, Math.min(indexAt(top), shown - 1) - overscanRows);
  const last = Math.min(shown, indexAt(top + height) + overscanRows + 1);
  const rows: ViewRow[] = [];
  for (let index = first; index < last; index += 1) rows.push(view.row(start + index));
  const anchor = useRef<{ seq: number; px: number } | null>(null);
  const target = useRef<number | null>(null);
  // Only a move upwards pauses. Rows that arrive or are dropped also fire scroll events, as does a
  // window that becomes taller, and must not be taken for the reader's hand.
  const lastScroll = useRef({ top: 0, height: 0, clientHeight: 0 });

  function place(px: number): void {
    const element = box.current;
    if (element === null || Math.abs(element.scrollTop - px) < 1) return;
    element.scrollTop = px;
    lastScroll.current = scrollOf(element);
    setTop(element.scrollTop);
  }
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    let isNew = false;
    if (options.isWrapped) {
      for (const row of element.querySelectorAll<HTMLElement>('.log-row')) {
        isNew = heights.set(Number(row.dataset['index']), row.offsetHeight) || isNew;
      }
    }
    if (following) {
      anchor.current = null;
      place(element.scrollHeight - element.clientHeight);
    } else if (target.current !== null) {
      const index = view.indexOfSeq(target.current) - start;
      place(Math.max(0, offset(index) - Math.floor(height / 3)));
      anchor.current = { seq: target.current, px: element.scrollTop - offset(index) };
      target.current = null;
    } else if (anchor.current !== null) {
      // Rows above may have come, gone, or turned out taller: what is looked at stays where it is.
      place(offset(view.indexOfSeq(anchor.current.seq) - start) + anchor.current.px);
    }
    // Before the page is painted, but not within this effect.
    if (isNew) queueMicrotask(() => measureAgain((before) => before + 1));
    const below = element.scrollHeight - element.scrollTop - element.clientHeight;
    props.onEnd(start + shown >= count && below < rowPx);
  });
  useLayoutEffect(() => {
    const from = rows[0];
    const to = rows.at(-1);
    if (from !== undefined && to !== undefined) {
      onShow(
        chunkOf(from.seq),
        chunkOf(to.seq),
        (rows[Math.min(overscanRows, rows.length - 1)] ?? from).seq,
      );
    }
  });
  function moveTo(index: number, seq: number | null): void {
    onFollow(false);
    setBase(
      index >= base && index < base + perWindow
        ? base
        : Math.max(0, index - Math.floor(perWindow / 2)),
    );
    target.current = seq;
    measureAgain((before) => before + 1);
  }
  useImperativeHandle(props.controls, () => ({
    showLine: (seq) => moveTo(view.indexOfSeq(seq), seq),
    showStart() {
      onFollow(false);
      setBase(0);
      anchor.current = null;
      place(0);
    },
    focus: () => box.current?.focus(),
  }));
  function onScroll() {
    const element = box.current;
    if (element === null) return;
    const { scrollTop, scrollHeight, clientHeight } = element;
    const before = lastScroll.current;
    lastScroll.current = scrollOf(element);
    setTop(scrollTop);
    const index = Math.min(Math.max(0, indexAt(scrollTop)), Math.max(0, shown - 1));
    if (shown > 0)
      anchor.current = { seq: view.row(start + index).seq, px: scrollTop - offset(index) };
    const isAtEnd = scrollHeight - scrollTop - clientHeight < rowPx && start + shown >= count;
    const isSameBox = scrollHeight >= before.height && clientHeight === before.clientHeight;
    if (isSameBox && scrollTop < before.top - 1) {
      if (following) setBase(start);
      onFollow(false);
    } else if (scrollTop > before.top && isAtEnd) onFollow(true);
  }
  function onClick(event: MouseEvent) {
    const number = event.target instanceof HTMLElement ? event.target.dataset['seq'] : undefined;
    if (number !== undefined) props.onLine(Number(number), event.shiftKey ? 'through' : 'one');
  }
  const isWindowed = count > perWindow;
  return (
    <>
      <div
        ref={(element) => {
          box.current = element;
          sizeRef(element);
        }}
        className="log-box"
        data-size={options.size}
        data-wrapped={options.isWrapped}
        role="log"
        aria-live="off"
        aria-label={t('log.title')}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        onScroll={onScroll}
        onClick={onClick}
      >
        <div className="log-canvas" style={{ height: offset(shown) }}>
          {rows.map((row, at) => {
            const index = first + at;
            return (
              <LogRowLine
                key={row.seq}
                row={row}
                index={index}
                top={offset(index)}
                timeText={timeOf(row, start + index)}
                marks={search.marksOf(row.seq)}
                focus={focusOf(row.seq, range, hitSeq)}
              />
            );
          })}
        </div>
      </div>
      {isWindowed && (
        <input
          type="range"
          className="log-map"
          aria-label={t('log.map')}
          min={1}
          max={count}
          value={Math.min(count, start + indexAt(top) + 1)}
          onChange={(event) => {
            const index = Number(event.currentTarget.value) - 1;
            moveTo(index, view.row(index).seq);
          }}
        />
      )}
    </>
  );
}

function scrollOf({ scrollTop, scrollHeight, clientHeight }: HTMLElement) {
  return { top: scrollTop, height: scrollHeight, clientHeight };
}

function focusOf(seq: number, range: LineRange | null, hitSeq: number | null) {
  if (seq === hitSeq) return 'hit';
  return range !== null && seq >= range.from && seq <= range.to ? 'line' : null;
}

/** New ones for other rows, or for rows that are another height. */
function useHeights(rowPx: number, key: string): RowHeights {
  const [kept, setKept] = useState(() => ({ key, heights: new RowHeights(rowPx) }));
  if (kept.key === key) return kept.heights;
  const next = { key, heights: new RowHeights(rowPx) };
  setKept(next);
  return next.heights;
}

/** What stands in the column of times. */
function useTimes({ view, options, startedAtMs }: LogRowsProps) {
  const format = useFormat();
  return (row: ViewRow, index: number): string | null => {
    if (options.times === 'off') return null;
    if (row.text === null) return '';
    if (options.times === 'absolute') return format.clock(row.atMs);
    const before = options.times === 'relative' ? startedAtMs : timeBefore(view, index);
    return before === null ? '' : `+${((row.atMs - before) / 1_000).toFixed(3)}`;
  };
}

function timeBefore(view: LogView, index: number): number | null {
  const row = index === 0 ? null : view.row(index - 1);
  return row === null || row.text === null ? null : row.atMs;
}
