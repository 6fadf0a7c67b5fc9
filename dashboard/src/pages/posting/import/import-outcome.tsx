import { Alert, Badge, Box, Button, Group, Stack, Text } from '@mantine/core';
import { type FieldProblem, fromProblem, MarketError } from '@node3/shared/error';
import type { ImportReply } from '@node3/shared/routes/job-import';
import { IconFileImport, IconSend } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { sayField } from '../../../i18n/use-error-words.ts';
import { useFormat } from '../../../i18n/use-format.ts';
import { EmptyState } from '../../../parts/empty-state.tsx';
import { ErrorView } from '../../../parts/error-view.tsx';
import { Said } from '../../../parts/error-words.tsx';
import { JsonView } from '../../../parts/json-view.tsx';
import { PageLink } from '../../../parts/page-link.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { ServerText } from '../../../parts/server-words.tsx';
import { UnreadableDocument } from './import-draft.ts';

interface ImportOutcomeProps {
  tried: ImportReply | null;
  posted: ImportReply | null;
  error: Error | null;
  pending: boolean;
  onPost: () => void;
}

/** What would be posted, what of the document it leaves out, and then the jobs. */
export function ImportOutcome({ tried, posted, error, pending, onPost }: ImportOutcomeProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const reply = posted ?? tried;
  const isRefused = posted === null && reply?.jobs.some(({ problem }) => problem !== undefined);
  return (
    <SectionCard title={posted === null ? t('import.outcome') : t('import.posted')}>
      {error !== null && <Refusal error={error} />}
      {reply === null && error === null && (
        <EmptyState icon={IconFileImport} title={t('import.nothing')}>
          {t('import.nothingText')}
        </EmptyState>
      )}
      {reply !== null && (
        <Stack gap="md">
          <Group gap="xs">
            <Badge variant="light" tt="none">
              {reply.format}
            </Badge>
            <Text size="sm" role="status">
              {t('import.count', { count: reply.jobs.length })}
              {reply.total !== null &&
                ` · ${t('import.total', { money: format.money(reply.total) })}`}
            </Text>
          </Group>
          <Warnings warnings={reply.warnings} />
          <ol className="plain-list work-imported">
            {reply.jobs.map((job) => (
              <ImportedJob key={job.name} job={job} />
            ))}
          </ol>
          {posted === null && (
            <Button
              leftSection={<IconSend size={17} aria-hidden />}
              loading={pending}
              disabled={isRefused === true}
              onClick={onPost}
            >
              {t('import.post')}
            </Button>
          )}
          {isRefused === true && (
            <Text size="sm" c="dimmed">
              {t('import.allOrNone')}
            </Text>
          )}
        </Stack>
      )}
    </SectionCard>
  );
}

function ImportedJob({ job }: { job: ImportReply['jobs'][number] }) {
  const { t } = useTranslation();
  const { name, after, jobId, spec, problem } = job;
  return (
    <li>
      <Text fw={600} size="sm" className="break">
        {jobId === null ? (
          name
        ) : (
          <PageLink to="/jobs/$jobId" params={{ jobId }}>
            {name}
          </PageLink>
        )}
      </Text>
      {after.length > 0 && (
        <Text size="sm" c="dimmed">
          {t('import.after', { names: after.join(', ') })}
        </Text>
      )}
      {problem !== undefined && <ErrorView error={fromProblem(problem.status, problem)} />}
      {spec !== undefined && (
        <details className="more-facts">
          <summary>{t('import.spec')}</summary>
          <JsonView value={spec} label={t('import.specOf', { name })} />
        </details>
      )}
    </li>
  );
}

function Warnings({ warnings }: Pick<ImportReply, 'warnings'>) {
  const { t } = useTranslation();
  if (warnings.length === 0) return <Text size="sm">{t('import.complete')}</Text>;
  return (
    <Alert color="yellow" variant="light" title={t('import.left')}>
      <FieldList fields={warnings.map(({ message, ...rest }) => ({ detail: message, ...rest }))} />
    </Alert>
  );
}

/** Comes into view: the button that was pressed may be far below. */
function Refusal({ error }: { error: Error }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.focus();
  }, []);
  const step = error instanceof MarketError ? error.context['step'] : undefined;
  return (
    <Box ref={box} tabIndex={-1} mb="md">
      {typeof step === 'string' && (
        <Text size="sm" fw={600} mb={4}>
          {t('import.ofJob', { name: step })}
        </Text>
      )}
      <RefusedFields error={error} />
    </Box>
  );
}

/** Why nothing of it can be posted, field by field. */
function RefusedFields({ error }: { error: Error }) {
  if (error instanceof UnreadableDocument) return <Unreadable error={error} />;
  const problems = error instanceof MarketError ? (error.context.errors ?? []) : [];
  if (problems.length === 0) return <ErrorView error={error} />;
  return (
    <div>
      <ErrorView error={error} withoutDetails />
      <FieldList fields={problems} />
    </div>
  );
}

function Unreadable({ error }: { error: UnreadableDocument }) {
  const { t } = useTranslation();
  const { line, column } = error;
  return (
    <Alert color="red" variant="light" role="alert" title={t('import.unreadable')}>
      <Text size="sm" className="break">
        {t('import.unreadableAt', { line, column })} <ServerText text={error.message} />
      </Text>
      <Text size="sm" mt={4}>
        {t('import.unreadableFix')}
      </Text>
    </Alert>
  );
}

function FieldList({ fields }: { fields: (FieldProblem & { fix?: string })[] }) {
  const { t, i18n } = useTranslation();
  const isForeign = i18n.language !== 'en';
  return (
    <ul className="work-problems">
      {fields.map(({ fix, ...field }) => (
        <li key={field.pointer + field.detail}>
          <code>{field.pointer}</code> <Said {...sayField(t, field, isForeign)} />
          {fix !== undefined && (
            <div className="work-fix">
              <ServerText text={fix} />
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}
