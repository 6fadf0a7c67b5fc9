import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { isMarketError, MarketError } from '@node3/shared/error';
import {
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconLoader2,
  IconPlayerPlay,
  IconSend,
  type TablerIcon,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { useFormat } from '../../../i18n/use-format.ts';
import { CopyText } from '../../../parts/copy-text.tsx';
import { ErrorView } from '../../../parts/error-view.tsx';
import { ErrorWords, FieldWords } from '../../../parts/error-words.tsx';
import { PageLink } from '../../../parts/page-link.tsx';
import { depositAddressQuery } from '../../../queries/account.ts';
import { fieldOfPointer } from '../draft/draft-fields.ts';
import { type RunHow, useJobForm } from './job-form-context.ts';
import { type Submission, type SubmitStep, submitSteps } from './use-submit.ts';

interface SubmitCardProps {
  submission: Submission | null;
  pending: boolean;
  onSubmit: (how: RunHow) => void;
}

/** Both ways to run it, and how far posting has come. */
export function SubmitCard({ submission, pending, onSubmit }: SubmitCardProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm">
      <Group gap="xs" className="work-ways">
        <Button
          size="md"
          loading={pending && submission?.how === 'sync'}
          disabled={pending && submission?.how !== 'sync'}
          leftSection={<IconPlayerPlay size={17} aria-hidden />}
          onClick={() => onSubmit('sync')}
        >
          {t('run.sync')}
        </Button>
        <Button
          size="md"
          variant="default"
          loading={pending && submission?.how === 'async'}
          disabled={pending && submission?.how !== 'async'}
          leftSection={<IconSend size={17} aria-hidden />}
          onClick={() => onSubmit('async')}
        >
          {t('run.async')}
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        {t('run.text')}
      </Text>
      {submission !== null && <Steps submission={submission} />}
      {submission?.error !== null && submission !== null && (
        <Failure error={submission.error} onRetry={() => onSubmit(submission.how)} />
      )}
    </Stack>
  );
}

type StepLook = 'done' | 'active' | 'failed' | 'waiting';

const icons: Record<StepLook, TablerIcon> = {
  done: IconCircleCheck,
  active: IconLoader2,
  failed: IconCircleX,
  waiting: IconCircleDashed,
};

function lookOf(step: SubmitStep, { step: at, error }: Submission): StepLook {
  const index = submitSteps.indexOf(step);
  const current = submitSteps.indexOf(at);
  if (index < current) return 'done';
  if (index > current) return 'waiting';
  return error === null && at !== 'validate' ? 'active' : 'failed';
}

function Steps({ submission }: { submission: Submission }) {
  const { t } = useTranslation();
  return (
    <ol className="plain-list work-steps" aria-label={t('submit.steps')}>
      {submitSteps.map((step) => {
        const look = lookOf(step, submission);
        const Icon = icons[look];
        return (
          <li key={step} data-look={look}>
            <Icon size={16} aria-hidden />
            <span>{t(`submit.${step}`)}</span>
            <span className="work-step-state">{t(`submit.state.${look}`)}</span>
          </li>
        );
      })}
    </ol>
  );
}

function Failure({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const { errorOf } = useJobForm();
  const problems = error instanceof MarketError ? (error.context.errors ?? []) : [];
  const elsewhere = problems.filter(({ pointer }) => fieldOfPointer(pointer) === null);
  const atFields = problems.some(({ pointer }) => {
    const field = fieldOfPointer(pointer);
    return field !== null && errorOf(field) !== null;
  });
  if (isMarketError(error, 'FUNDS_INSUFFICIENT')) return <FundsMissing error={error} />;
  return (
    <div>
      <ErrorView error={error} {...(atFields ? {} : { onRetry })} />
      {elsewhere.length > 0 && (
        <ul>
          {elsewhere.map((problem) => (
            <li key={problem.pointer + problem.detail}>
              <code>{problem.pointer}</code> <FieldWords problem={problem} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Which money is missing and how much of it, and where there is more. */
function FundsMissing({ error }: { error: MarketError }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { draft } = useJobForm();
  const { data: deposit } = useQuery(depositAddressQuery(useApp()));
  const { missing, asset = draft.asset } = error.context;
  const isAsset = asset === 'SOL' || asset === 'USDC';
  return (
    <Alert color="red" variant="light" title={t('funds.title')}>
      <Text size="sm">
        {typeof missing === 'string' && isAsset ? (
          t('funds.missing', { money: format.money({ amount: missing, asset }) })
        ) : (
          <ErrorWords error={error} />
        )}
      </Text>
      <PageLink to="/wallet" search={{ view: 'deposit' }}>
        {t('funds.wallet')}
      </PageLink>
      {deposit !== undefined && (
        <Text size="sm" component="div" mt={4} className="break">
          {t('funds.deposit')} <span className="mono">{deposit.wallet}</span>
          <CopyText value={deposit.wallet} label={t('funds.copyDeposit')} />
        </Text>
      )}
    </Alert>
  );
}
