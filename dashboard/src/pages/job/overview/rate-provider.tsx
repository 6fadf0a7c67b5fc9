import { Button, Group, Rating, Stack, Text, Textarea } from '@mantine/core';
import { isMarketError } from '@node3/shared/error';
import { isTerminalJob } from '@node3/shared/job-state';
import type { JobDetail } from '@node3/shared/routes/jobs';
import { rateJob } from '@node3/shared/routes/ratings';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { isZeroMoney } from '../../../format.ts';
import { ErrorView } from '../../../parts/error-view.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';

const commentChars = 1_000;

/** Stars for the provider of a job that was paid: once, and where there is something to rate. */
export function RateProvider({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const { client } = useApp();
  const [stars, setStars] = useState(0);
  const [comment, setComment] = useState('');
  const { jobId, agentName, settlement } = job;
  const rate = useMutation({
    mutationFn: () => {
      const text = comment.trim();
      const body = { stars, ...(text !== '' && { comment: text }) };
      return client.call(rateJob, { params: { jobId }, body });
    },
  });
  const share = settlement.providerShare;
  const isPaid = isTerminalJob(job.state) && share !== null && !isZeroMoney(share);
  if (!isPaid || agentName === null || job.cachedFrom !== null) return null;
  const isRated = rate.isSuccess || isMarketError(rate.error, 'RATING_EXISTS');
  return (
    <SectionCard title={t('rating.title', { agent: agentName })}>
      {isRated ? (
        <Text size="sm" role="status">
          {rate.isSuccess ? t('rating.thanks') : t('rating.before')}
        </Text>
      ) : (
        <Stack gap="sm">
          <Rating
            size="lg"
            value={stars}
            onChange={setStars}
            getSymbolLabel={(value) => t('rating.stars', { count: value })}
          />
          {stars > 0 && (
            <>
              <Textarea
                label={t('rating.comment')}
                description={t('rating.public')}
                maxLength={commentChars}
                value={comment}
                onChange={({ currentTarget }) => setComment(currentTarget.value)}
                autosize
                minRows={2}
              />
              {rate.isError && <ErrorView error={rate.error} />}
              <Group>
                <Button size="xs" loading={rate.isPending} onClick={() => rate.mutate()}>
                  {t('rating.submit')}
                </Button>
              </Group>
            </>
          )}
        </Stack>
      )}
    </SectionCard>
  );
}
