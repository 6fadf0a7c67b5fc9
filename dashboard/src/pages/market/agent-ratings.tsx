import { Stack, Text } from '@mantine/core';
import type { Rating } from '@node3/shared/routes/ratings';
import { useTranslation } from 'react-i18next';
import { RelativeTime } from '../../parts/relative-time.tsx';

const starsMax = 5;

/** Words of strangers: they are text and nothing else. */
export function AgentRatings({ ratings }: { ratings: readonly Rating[] }) {
  const { t } = useTranslation();
  if (ratings.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('market.agent.noRatings')}
      </Text>
    );
  }
  return (
    <Stack gap="md" component="ul" className="plain-list">
      {ratings.map(({ comment, jobId, ratedAt, stars }) => (
        <li key={jobId}>
          <Text size="sm" fw={600}>
            <span aria-hidden="true" className="star-text">
              {'★'.repeat(stars)}
              {'☆'.repeat(starsMax - stars)}
            </span>
            <span className="visually-hidden">{t('market.agent.starsOf', { stars })}</span>{' '}
            <Text span size="xs" c="dimmed" fw={400}>
              <RelativeTime at={ratedAt} />
            </Text>
          </Text>
          {comment !== null && (
            <Text size="sm" className="break">
              {comment}
            </Text>
          )}
        </li>
      ))}
    </Stack>
  );
}
