import { ActionIcon, Group, Switch, TextInput, Tooltip } from '@mantine/core';
import {
  IconArrowBarToDown,
  IconPlayerPause,
  IconPlayerPlay,
  IconSearch,
} from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../i18n/use-format.ts';
import type { LogBuffer } from './log-buffer.ts';
import { filterRows } from './log-filter.ts';
import { LogRowLine } from './log-row.tsx';
import { LogSummary } from './log-summary.tsx';
import { useLogVersion } from './use-log-feed.ts';
import './log-viewer.css';

/** Chromium and Firefox clip very tall boxes; at 17 px a million rows stay below both limits. */
const rowHeightPx = 17;

interface LogViewerProps {
  buffer: LogBuffer;
  emptyText: string;
  ended: boolean;
  download: ReactNode;
}

export function LogViewer({ buffer, emptyText, ended, download }: LogViewerProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const version = useLogVersion(buffer);
  const [needle, setNeedle] = useState('');
  const [following, setFollowing] = useState(true);
  const [timesShown, setTimesShown] = useState(false);
  const [seenRows, setSeenRows] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const deferredNeedle = useDeferredValue(needle);
  // The version stands for the rows: the buffer is changed in place.
  // oxlint-disable-next-line react-hooks/exhaustive-deps
  const rows = useMemo(() => filterRows(buffer.rows, deferredNeedle), [version, deferredNeedle]);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeightPx,
    overscan: 20,
  });
  const total = buffer.droppedRows + buffer.rows.length;
  useEffect(() => {
    if (!following || box.current === null) return;
    box.current.scrollTop = box.current.scrollHeight;
    setSeenRows(total);
  }, [following, total, rows]);
  // Only a move upwards pauses. Rows that arrive or are dropped also fire scroll events, and must
  // not be taken for the reader's hand.
  const lastScroll = useRef({ top: 0, height: 0 });
  function onScroll() {
    const element = box.current;
    if (element === null) return;
    const { scrollTop: top, scrollHeight: height, clientHeight } = element;
    const last = lastScroll.current;
    lastScroll.current = { top, height };
    if (height >= last.height && top < last.top - 1) setFollowing(false);
    else if (top > last.top && height - top - clientHeight < rowHeightPx) setFollowing(true);
  }
  const unseen = total - seenRows;
  return (
    <div className="log-viewer">
      <Group className="log-tools" gap="xs">
        <TextInput
          size="xs"
          className="log-filter"
          placeholder={t('log.filter')}
          aria-label={t('log.filter')}
          leftSection={<IconSearch size={14} aria-hidden />}
          value={needle}
          maxLength={200}
          onChange={(event) => setNeedle(event.currentTarget.value)}
        />
        <Switch
          size="xs"
          label={t('log.times')}
          checked={timesShown}
          onChange={(event) => setTimesShown(event.currentTarget.checked)}
        />
        <Group gap={6} ml="auto">
          <FollowButton following={following} onChange={setFollowing} />
          {download}
        </Group>
      </Group>
      <div
        ref={box}
        className="log-box"
        data-empty={ended && rows.length === 0 && needle === ''}
        role="log"
        aria-live="off"
        aria-label={t('log.title')}
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        onScroll={onScroll}
      >
        {rows.length === 0 ? (
          <p className="log-empty">{needle.trim() === '' ? emptyText : t('log.noMatch')}</p>
        ) : (
          <div className="log-canvas" style={{ height: virtualizer.getTotalSize() }}>
            {virtualizer.getVirtualItems().map((item) => {
              const row = rows[item.index];
              if (row === undefined) return null;
              const timeText = timesShown ? format.clock(row.atMs) : null;
              return <LogRowLine key={row.seq} row={row} top={item.start} timeText={timeText} />;
            })}
          </div>
        )}
      </div>
      {!following && (
        <button type="button" className="log-jump" onClick={() => setFollowing(true)}>
          <IconArrowBarToDown size={15} aria-hidden />
          {unseen > 0 ? t('log.newLines', { count: unseen }) : t('log.jumpToEnd')}
        </button>
      )}
      <LogSummary buffer={buffer} shownRows={rows.length} ended={ended} />
    </div>
  );
}

interface FollowButtonProps {
  following: boolean;
  onChange: (following: boolean) => void;
}

function FollowButton({ following, onChange }: FollowButtonProps) {
  const { t } = useTranslation();
  const label = following ? t('log.pause') : t('log.follow');
  const Icon = following ? IconPlayerPause : IconPlayerPlay;
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="default"
        size={30}
        aria-label={label}
        onClick={() => onChange(!following)}
      >
        <Icon size={16} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
