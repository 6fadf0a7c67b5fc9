import { Text } from '@mantine/core';
import { MarketError } from '@node3/shared/error';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { ErrorView } from '../../parts/error-view.tsx';
import { depositAddressQuery } from '../../queries/account.ts';
import { fieldOfPointer } from './job-draft.ts';

/** Why the job wasn't posted. Problems of fields the form doesn't have are listed here. */
export function SubmitProblem({ error }: { error: Error }) {
  const known = error instanceof MarketError ? error : null;
  const elsewhere = (known?.context.errors ?? []).filter(
    (problem) => fieldOfPointer(problem.pointer) === null,
  );
  return (
    <div>
      <ErrorView error={error} />
      {elsewhere.length > 0 && (
        <ul>
          {elsewhere.map((problem) => (
            <li key={problem.pointer + problem.detail}>
              <code>{problem.pointer}</code> {problem.detail}
            </li>
          ))}
        </ul>
      )}
      {known?.code === 'FUNDS_INSUFFICIENT' && <DepositHint />}
    </div>
  );
}

function DepositHint() {
  const { t } = useTranslation();
  const { data } = useQuery(depositAddressQuery(useApp()));
  if (data === undefined) return null;
  return (
    <Text size="sm" mt="xs" component="div">
      {t('newJob.deposit')} <span className="mono">{data.wallet}</span>
      <CopyText value={data.wallet} label={t('newJob.copyDeposit')} />
    </Text>
  );
}
