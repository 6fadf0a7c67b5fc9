import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { systemClock } from '@node3/shared/clock';
import { type JobLink, revokeJobLink } from '@node3/shared/routes/job-links';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { shorten } from '../../../format.ts';
import { useFormat } from '../../../i18n/use-format.ts';
import { QueryView } from '../../../parts/query-view.tsx';
import { useNotice } from '../../../parts/use-notice.tsx';
import { jobKey, jobLinksQuery } from '../../../queries/jobs.ts';

/** All links to the job, with those that have ended. */
export function LinkList({ jobId }: { jobId: string }) {
  const { t } = useTranslation();
  const query = useQuery(jobLinksQuery(useApp(), jobId));
  return (
    <section aria-label={t('share.links')}>
      <Text size="sm" fw={600} mb={4}>
        {t('share.links')}
      </Text>
      <QueryView query={query}>
        {({ data }) =>
          data.length === 0 ? (
            <Text size="sm" c="dimmed" mb="md">
              {t('share.none')}
            </Text>
          ) : (
            <>
              <Text size="xs" c="dimmed">
                {t('share.linksText')}
              </Text>
              <ul className="plain-list link-list">
                {data.map((link) => (
                  <LinkRow key={link.linkId} link={link} />
                ))}
              </ul>
            </>
          )
        }
      </QueryView>
    </section>
  );
}

function LinkRow({ link }: { link: JobLink }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { linkId, jobId, shows, expiresAt, revokedAt, uses, usesMax } = link;
  const isExpired = Date.parse(expiresAt) <= systemClock.nowMs();
  const isUsedUp = usesMax !== null && uses >= usesMax;
  const end = revokedAt !== null ? 'revoked' : isExpired ? 'expired' : isUsedUp ? 'usedUp' : null;
  const parts = shows.map((part) => t(`share.part.${part}`)).join(', ');
  return (
    <li data-link={linkId}>
      <Stack gap={2}>
        <Text size="sm">{shows.length === 0 ? t('share.part.file') : parts}</Text>
        <Text size="xs" c="dimmed">
          <span className="mono">{shorten(linkId, 8, 4)}</span> ·{' '}
          {t('share.until', { time: format.time(Date.parse(expiresAt)) })} ·{' '}
          {t('share.uses', { count: uses })}
        </Text>
      </Stack>
      {end === null ? (
        <RevokeButton jobId={jobId} linkId={linkId} />
      ) : (
        <Badge variant="light" color="gray" radius="sm" className="state-badge">
          {t(`share.${end}`)}
        </Badge>
      )}
    </li>
  );
}

function RevokeButton({ jobId, linkId }: Pick<JobLink, 'jobId' | 'linkId'>) {
  const { t } = useTranslation();
  const { client } = useApp();
  const queryClient = useQueryClient();
  const notify = useNotice();
  const revoke = useMutation({
    mutationFn: () => client.call(revokeJobLink, { params: { jobId, linkId } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: [...jobKey(jobId), 'links'] }),
    onError(error) {
      notify({ kind: 'failed', title: t('share.revokeFailed'), error });
    },
  });
  return (
    <Group gap="xs">
      <Button
        size="xs"
        variant="default"
        loading={revoke.isPending}
        onClick={() => revoke.mutate()}
        aria-label={t('share.revokeOne', { link: shorten(linkId, 8, 4) })}
      >
        {t('share.revoke')}
      </Button>
    </Group>
  );
}
