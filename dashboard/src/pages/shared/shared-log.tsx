import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useEmptyText } from '../../logs/job-log.tsx';
import { sharedLog } from '../../logs/log-source.ts';
import { LogViewer } from '../../logs/log-viewer.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import type { SharedLink } from '../../queries/shared-job.ts';

/** The log of a job that was shared, whatever else the link shows of it. */
export function SharedLog({ link, isOver }: { link: SharedLink; isOver: boolean }) {
  const { t } = useTranslation();
  const { client } = useApp();
  const emptyText = useEmptyText(isOver ? 'failed' : 'running');
  return (
    <SectionCard title={t('log.title')} padding="flush">
      <LogViewer
        makeSource={() => sharedLog(client, link)}
        isRunning={!isOver}
        startedAtMs={null}
        attempts={0}
        emptyText={emptyText}
      />
    </SectionCard>
  );
}
