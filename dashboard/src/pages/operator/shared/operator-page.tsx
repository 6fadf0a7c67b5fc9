import { Alert, Code, Stack, Text } from '@mantine/core';
import { isMarketError } from '@node3/shared/error';
import { IconLock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { type CommandLine, CommandLines } from '../../../parts/command-lines.tsx';
import { PageHeading } from '../../../parts/page-heading.tsx';
import { QueryView } from '../../../parts/query-view.tsx';
import { RequireSession } from '../../../parts/require-session.tsx';
import { payoutEngineQuery } from '../../../queries/operator.ts';

interface OperatorPageProps {
  title: string;
  mark?: ReactNode;
  subtitle?: ReactNode;
  actions?: ReactNode;
  /** The same in the terminal. */
  lines?: CommandLine[];
  children: () => ReactNode;
}

/** A page of the operator: others are told which scope their key lacks. */
export function OperatorPage({ title, lines, children, ...heading }: OperatorPageProps) {
  return (
    <RequireSession heading={title}>
      {() => (
        <>
          <PageHeading title={title} {...heading} />
          <OperatorOnly>
            {() => (
              <Stack gap="lg">
                {children()}
                {lines !== undefined && <CommandLines lines={lines} />}
              </Stack>
            )}
          </OperatorOnly>
        </>
      )}
    </RequireSession>
  );
}

/** Asks once whether the key may operate, so that a page says so once and not in each of its parts. */
function OperatorOnly({ children }: { children: () => ReactNode }) {
  const query = useQuery({ ...payoutEngineQuery(useApp()), staleTime: 60_000 });
  if (isMarketError(query.error, 'AUTH_FORBIDDEN') || isMarketError(query.error, 'AUTH_INVALID')) {
    return <ScopeMissing />;
  }
  return <QueryView query={query}>{() => children()}</QueryView>;
}

function ScopeMissing() {
  const { t } = useTranslation();
  return (
    <Alert
      variant="light"
      color="orange"
      icon={<IconLock aria-hidden />}
      title={t('op.scope.title')}
    >
      <Text size="sm">{t('op.scope.text')}</Text>
      <Text size="sm" mt={6}>
        <Trans i18nKey="op.scope.fix" components={[<Code key="command" />]} />
      </Text>
    </Alert>
  );
}
