import { lineLevels } from '@node3/shared/line-level';
import { useTranslation } from 'react-i18next';
import { useNotice } from '../parts/use-notice.tsx';
import type { LogStore } from './log-store.ts';
import type { JobLogParts } from './use-job-log.ts';

/** The first line that is an error; null where there is none. */
export function firstErrorSeq(store: LogStore): number | null {
  const error = lineLevels.indexOf('error');
  for (let number = 0; number < store.chunkCount; number += 1) {
    const chunk = store.chunk(number);
    if (chunk === undefined || (chunk.levelCounts[error] ?? 0) === 0) continue;
    for (let row = 0; row < chunk.count; row += 1) {
      if (chunk.facts(row).level === error) return chunk.seqAt(row);
    }
  }
  return null;
}

/** Goes to the first error; all lines are read for it where it is not among those that are here. */
export function useFirstError({ store, loader }: JobLogParts, show: (seq: number) => void) {
  const { t } = useTranslation();
  const notify = useNotice();
  async function find() {
    await loader.readAll();
    const seq = firstErrorSeq(store);
    if (seq === null) notify({ kind: 'done', message: t('log.noError') });
    else show(seq);
  }
  return { go: () => void find() };
}
