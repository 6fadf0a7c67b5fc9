import { Button, Group, Modal, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { shorten } from '../../format.ts';
import { JobStateBadge } from '../../parts/state-badge.tsx';
import type { BulkResult } from './bulk-actions.ts';

interface BulkResultsProps {
  results: BulkResult[];
  names: ReadonlyMap<string, string | null>;
  onClose: () => void;
}

/** What became of each job of a bulk action. */
export function BulkResults({ results, names, onClose }: BulkResultsProps) {
  const { t } = useTranslation();
  const refused = results.filter((result) => 'refused' in result).length;
  return (
    <Modal
      opened={results.length > 0}
      onClose={onClose}
      title={t('jobs.bulk.results')}
      centered
      size="lg"
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <Text size="sm" mb="sm" role="status">
        {t('jobs.bulk.done', { done: results.length - refused, all: results.length })}
      </Text>
      <ul className="plain-list bulk-results">
        {results.map((result) => (
          <li key={result.jobId}>
            <Link
              to="/jobs/$jobId"
              params={{
                jobId: 'state' in result ? (result.newJobId ?? result.jobId) : result.jobId,
              }}
              className="break"
            >
              {names.get(result.jobId) ?? shorten(result.jobId, 8, 5)}
            </Link>
            {'state' in result ? (
              <JobStateBadge state={result.state} />
            ) : (
              <Group gap={6} wrap="nowrap" align="flex-start">
                <IconAlertTriangle size={16} aria-hidden className="line-icon" />
                <Text size="sm">{result.refused}</Text>
              </Group>
            )}
          </li>
        ))}
      </ul>
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t('action.close')}
        </Button>
      </Group>
    </Modal>
  );
}
