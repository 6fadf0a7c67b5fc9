import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { shorten } from '../../format.ts';
import { BulkList } from '../../parts/bulk-list.tsx';
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
    <BulkList
      title={t('jobs.bulk.results')}
      summary={t('jobs.bulk.done', { done: results.length - refused, all: results.length })}
      onClose={onClose}
      outcomes={results.map((result) => ({
        id: result.jobId,
        link: (
          <Link
            to="/jobs/$jobId"
            params={{ jobId: 'state' in result ? (result.newJobId ?? result.jobId) : result.jobId }}
            className="break"
          >
            {names.get(result.jobId) ?? shorten(result.jobId, 8, 5)}
          </Link>
        ),
        outcome:
          'state' in result
            ? { state: <JobStateBadge state={result.state} /> }
            : { refused: result.refused },
      }))}
    />
  );
}
