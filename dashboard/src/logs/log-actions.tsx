import { Group } from '@mantine/core';
import {
  IconAlertTriangle,
  IconArrowBarToDown,
  IconArrowBarToUp,
  IconClearAll,
  IconCopy,
  IconMaximize,
  IconPlayerPause,
  IconPlayerPlay,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useNotice } from '../parts/use-notice.tsx';
import { type FindState, Step, Toggle } from './find-bar.tsx';
import type { LineRange } from './line-range.ts';
import { LogDownload } from './log-download.tsx';
import type { LogOptions } from './log-options.ts';
import { plainText } from './log-text.ts';
import type { LogFilter, LogView } from './log-view.ts';
import type { JobLogParts } from './use-job-log.ts';
import { ViewMenu } from './view-menu.tsx';

interface LogActionsProps {
  parts: JobLogParts;
  jobId: string | null;
  filter: LogFilter;
  find: FindState;
  options: LogOptions;
  onOptions: (change: Partial<LogOptions>) => void;
  following: boolean;
  onFollow: (following: boolean) => void;
  onStart: () => void;
  onFirstError: () => void;
  isFull: boolean;
  onFull: (isFull: boolean) => void;
  range: LineRange | null;
  cleared: boolean;
  onClear: (isCleared: boolean) => void;
}

export function LogActions(props: LogActionsProps) {
  const { parts, jobId, filter, find, options, onOptions, following, onFollow, range } = props;
  const { t } = useTranslation();
  const copy = useCopyLines(parts.view);
  return (
    <Group gap={4}>
      <Step
        icon={following ? IconPlayerPause : IconPlayerPlay}
        label={following ? t('log.pause') : t('log.follow')}
        onClick={() => onFollow(!following)}
      />
      <Step icon={IconArrowBarToUp} label={t('log.jumpToStart')} onClick={props.onStart} />
      <Step icon={IconArrowBarToDown} label={t('log.jumpToEnd')} onClick={() => onFollow(true)} />
      <Step icon={IconAlertTriangle} label={t('log.firstError')} onClick={props.onFirstError} />
      {range !== null && (
        <Step icon={IconCopy} label={t('log.copyLines')} onClick={() => copy(range)} />
      )}
      <Toggle
        icon={IconClearAll}
        label={t('log.clear')}
        isOn={props.cleared}
        onToggle={props.onClear}
      />
      <ViewMenu options={options} onChange={onOptions} />
      <LogDownload parts={parts} jobId={jobId} filter={filter} find={find} />
      <Toggle
        icon={IconMaximize}
        label={t('log.fullScreen')}
        isOn={props.isFull}
        onToggle={props.onFull}
      />
    </Group>
  );
}

/** The text of the chosen lines, without their numbers. */
function useCopyLines(view: LogView) {
  const { t } = useTranslation();
  const notify = useNotice();
  async function copy({ from, to }: LineRange) {
    const texts: string[] = [];
    for (let index = view.indexOfSeq(from); index < view.count; index += 1) {
      const row = view.row(index);
      if (row.seq > to) break;
      if (row.text !== null) texts.push(plainText(row.text));
    }
    await navigator.clipboard.writeText(`${texts.join('\n')}\n`);
    notify({ kind: 'done', message: t('log.linesCopied', { count: texts.length }) });
  }
  return (range: LineRange) => {
    copy(range).catch(() => notify({ kind: 'failed', message: t('log.copyFailed') }));
  };
}
