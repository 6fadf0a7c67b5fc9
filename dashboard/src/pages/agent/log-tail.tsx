import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { cleanLine, plainText } from '../../logs/log-text.ts';
import { localLogTailQuery } from '../../queries/provider.ts';

interface LogTailProps {
  executionId: string;
  /** The last lines that are shown; the agent keeps 200, the requester has all. */
  rows: number;
  /** Shown while there is none. */
  empty: string;
}

const charsMax = 2_000;

export function LogTail({ executionId, rows, empty }: LogTailProps) {
  const { t } = useTranslation();
  const { data } = useQuery(localLogTailQuery(useApp(), executionId));
  const box = useRef<HTMLPreElement>(null);
  const lines = (data ?? []).slice(-rows);
  const lastSeq = lines.at(-1)?.seq;
  useEffect(() => {
    if (lastSeq !== undefined && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lastSeq]);
  return (
    <pre
      ref={box}
      className="log-tail"
      role="log"
      aria-live="off"
      aria-label={t('log.title')}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
    >
      {lines.length === 0
        ? empty
        : lines.map((line) => `${plainText(cleanLine(line.text, charsMax))}\n`).join('')}
    </pre>
  );
}
