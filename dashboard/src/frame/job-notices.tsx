import { Anchor, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { JobState } from '@node3/shared/job-state';
import { getJob } from '@node3/shared/routes/jobs';
import type { StreamMessage } from '@node3/shared/routes/stream';
import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';
import { shorten } from '../format.ts';
import { usePreferences } from '../preferences/use-preferences.ts';

/** As many ends at once are told; a batch that ends would cover the page. */
const noticesMax = 4;

const colours: Partial<Record<JobState, string>> = {
  succeeded: 'green',
  failed: 'red',
  timed_out: 'red',
  cancelled: 'gray',
  expired: 'orange',
};

/** Tells of own jobs that end while their page is not the one that is looked at. */
export function JobNotices() {
  const { t } = useTranslation();
  const { client, signedIn, stream } = useApp();
  const router = useRouter();
  const { jobNotices } = usePreferences();
  useEffect(() => {
    if (stream === null || !signedIn || !jobNotices) return undefined;
    const shown = new Set<string>();
    async function tell(jobId: string) {
      const { name, state } = await client.call(getJob, { params: { jobId } });
      // Its page may have been opened meanwhile: after a short run it always is.
      if (isHere(jobId)) {
        shown.delete(jobId);
        return;
      }
      const open = () => {
        notifications.hide(jobId);
        void router.navigate({ to: '/jobs/$jobId', params: { jobId } });
      };
      notifications.show({
        id: jobId,
        color: colours[state] ?? 'gray',
        title: t(`job.state.${state}`),
        message: (
          <Text size="sm" component="span" className="notice-line">
            {name ?? shorten(jobId, 12, 5)}{' '}
            <Anchor component="button" size="sm" onClick={open}>
              {t('notice.openJob')}
            </Anchor>
          </Text>
        ),
        autoClose: 8_000,
        closeButtonProps: { 'aria-label': t('action.close') },
        onClose: () => shown.delete(jobId),
      });
    }
    const isHere = (jobId: string) => router.state.location.pathname.includes(jobId);
    const hideHere = router.subscribe('onResolved', () => {
      for (const jobId of [...shown].filter(isHere)) notifications.hide(jobId);
    });
    const unsubscribe = stream.subscribe({
      channel: 'jobs',
      onMessage(message) {
        const jobId = endedJob(message);
        if (jobId === null || isHere(jobId)) return;
        if (shown.has(jobId) || shown.size >= noticesMax) return;
        shown.add(jobId);
        // What can't be read now is in the list of jobs.
        tell(jobId).catch(() => shown.delete(jobId));
      },
    });
    return () => {
      hideHere();
      unsubscribe();
    };
  }, [stream, signedIn, jobNotices, client, router, t]);
  return null;
}

function endedJob(message: StreamMessage): string | null {
  return message.type === 'event' && message.event.name === 'job.ended'
    ? message.event.jobId
    : null;
}
