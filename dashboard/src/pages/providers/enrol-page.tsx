import { Alert, Button, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { issueRegistrationToken } from '@node3/shared/routes/admin-agents';
import { IconInfoCircle } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { CopyText } from '../../parts/copy-text.tsx';
import { ErrorView } from '../../parts/error-view.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { overviewQuery, publicAgentsQuery } from '../../queries/market.ts';
import { useViewer } from '../../viewer/use-viewer.ts';
import { isOperator } from '../../viewer/viewer.ts';
import { enrolCommand, isAgentName, type System, systems } from './enrol-command.ts';
import { type EnrolWait, WaitForAgent } from './wait-for-agent.tsx';

/** Brings a machine in: one command, and the page says when its agent is there. */
export function EnrolPage() {
  const { t } = useTranslation();
  const overview = useQuery(overviewQuery(useApp()));
  const viewer = useViewer();
  return (
    <>
      <PageHeading
        title={t('enrol.title')}
        subtitle={<Link to="/providers">{t('providers.title')}</Link>}
      />
      <QueryView query={overview}>
        {({ registration }) =>
          registration === 'token' && !isOperator(viewer) ? (
            <AskOperator />
          ) : (
            <Enrol registration={registration} />
          )
        }
      </QueryView>
    </>
  );
}

function AskOperator() {
  const { t } = useTranslation();
  const command = 'node3 admin agent token issue --name rig-1';
  return (
    <SectionCard title={t('enrol.tokenTitle')} description={t('enrol.tokenText')}>
      <Group wrap="nowrap" gap="xs">
        <pre className="command-text">{command}</pre>
        <CopyText value={command} label={t('action.copyNamed', { name: 'CLI' })} />
      </Group>
    </SectionCard>
  );
}

function Enrol({ registration }: { registration: 'open' | 'token' }) {
  const { t } = useTranslation();
  const app = useApp();
  const [name, setName] = useState('rig-1');
  const [system, setSystem] = useState<System>('linux');
  const [wait, setWait] = useState<EnrolWait | null>(null);
  const agents = useQuery(publicAgentsQuery(app));
  const begin = useMutation({
    async mutationFn(): Promise<EnrolWait> {
      const { data } = await agents.refetch({ throwOnError: true });
      const known = new Set(data?.map(({ agentId }) => agentId));
      if (registration === 'open') return { name, known, token: null };
      const token = await app.client.call(issueRegistrationToken, { body: { name } });
      return { name, known, token };
    },
    onSuccess: setWait,
  });
  const isGood = isAgentName(name);
  return (
    <Stack gap="lg">
      <SectionCard title={t('enrol.machine')} description={t('enrol.machineText')}>
        <Stack gap="md" maw={560}>
          <TextInput
            label={t('enrol.name')}
            description={t('enrol.nameText')}
            value={name}
            maxLength={64}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            error={isGood ? undefined : t('enrol.nameWrong')}
          />
          <div>
            <Text size="sm" fw={500} mb={4} id="enrol-system">
              {t('enrol.system')}
            </Text>
            <SegmentedControl
              aria-labelledby="enrol-system"
              value={system}
              onChange={(next) => setSystem(systems.find((one) => one === next) ?? 'linux')}
              data={systems.map((value) => ({ value, label: t(`enrol.system.${value}`) }))}
            />
          </div>
          <Group>
            <Button onClick={() => begin.mutate()} loading={begin.isPending} disabled={!isGood}>
              {wait === null ? t('enrol.make') : t('enrol.makeAgain')}
            </Button>
          </Group>
          {begin.isError && <ErrorView error={begin.error} onRetry={() => begin.mutate()} />}
        </Stack>
      </SectionCard>
      {wait !== null && <Command system={system} wait={wait} />}
      {wait !== null && <WaitForAgent system={system} wait={wait} />}
    </Stack>
  );
}

function Command({ system, wait }: { system: System; wait: EnrolWait }) {
  const { t } = useTranslation();
  const token = wait.token?.token ?? null;
  const marketplaceUrl = location.origin;
  const command = enrolCommand(system, { marketplaceUrl, name: wait.name, token });
  return (
    <SectionCard title={t('enrol.command')} description={t('enrol.commandText')}>
      <Group wrap="nowrap" gap="xs" align="flex-start">
        {/* It scrolls, so it takes the focus for keyboard users. */}
        <pre
          className="command-text"
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          aria-label={t('enrol.command')}
        >
          {command}
        </pre>
        <CopyText value={command} label={t('action.copyNamed', { name: t('enrol.command') })} />
      </Group>
      {token !== null && (
        <Alert color="blue" mt="md" icon={<IconInfoCircle size={18} aria-hidden />}>
          {t('enrol.once')}
        </Alert>
      )}
    </SectionCard>
  );
}
