import { Alert, Button, Code, Stack, Text } from '@mantine/core';
import type { ReplyOf } from '@node3/shared/contract';
import type { issueRegistrationToken } from '@node3/shared/routes/admin-agents';
import { IconAlertTriangle, IconCircleCheck, IconHourglass } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { SectionCard } from '../../parts/section-card.tsx';
import { publicAgentsQuery, registrationTokensQuery } from '../../queries/market.ts';
import { useNow } from '../../use-now.ts';
import { doctorCommand, type System, serviceCommand } from './enrol-command.ts';

/** What the page waits for: an agent of this name that was not there before, or who used the token. */
export interface EnrolWait {
  name: string;
  known: ReadonlySet<string>;
  token: ReplyOf<typeof issueRegistrationToken> | null;
}

const askMs = 2_000;

export function WaitForAgent({ system, wait }: { system: System; wait: EnrolWait }) {
  const { t } = useTranslation();
  const app = useApp();
  const tokenId = wait.token?.tokenId ?? null;
  const agents = useQuery({ ...publicAgentsQuery(app), refetchInterval: askMs });
  const tokens = useQuery({
    ...registrationTokensQuery(app),
    enabled: tokenId !== null,
    refetchInterval: askMs,
  });
  const used = tokens.data?.find((one) => one.tokenId === tokenId)?.usedByAgentId ?? null;
  const agent = agents.data?.find((one) =>
    used === null ? one.name === wait.name && !wait.known.has(one.agentId) : one.agentId === used,
  );
  if (agent?.status === 'online') {
    return (
      <Alert
        color="green"
        role="status"
        icon={<IconCircleCheck size={20} aria-hidden />}
        title={t('enrol.connected', { name: agent.name })}
      >
        <Stack gap="sm" align="flex-start">
          <Text size="sm">
            {agent.devices.length === 0
              ? t('enrol.noGpu')
              : t('enrol.gpus', { count: agent.devices.length })}
          </Text>
          <NextSteps system={system} name={agent.name} />
          <Button
            size="xs"
            renderRoot={(button) => (
              <Link to="/agents/$agentId" params={{ agentId: agent.agentId }} {...button} />
            )}
          >
            {t('enrol.show')}
          </Button>
        </Stack>
      </Alert>
    );
  }
  return (
    <>
      <Alert
        color="blue"
        role="status"
        icon={<IconHourglass size={18} aria-hidden />}
        title={agent === undefined ? t('enrol.waiting') : t('enrol.registered')}
      >
        <Text size="sm">{t('enrol.waitingText')}</Text>
        {wait.token !== null && used === null && <TokenLife expiresAt={wait.token.expiresAt} />}
      </Alert>
      <Faults system={system} wait={wait} />
    </>
  );
}

const next = ['page', 'stay'] as const;

/** Where one looks at the machine, and how it goes on after a logout. */
function NextSteps({ system, name }: { system: System; name: string }) {
  const { t } = useTranslation();
  const commands = {
    page: 'npx node3 agent dashboard --open',
    stay: serviceCommand(system, { marketplaceUrl: location.origin, name }),
  };
  return next.map((step) => (
    <Text key={step} size="sm">
      {t(`enrol.next.${step}`)} <Code className="break">{commands[step]}</Code>
    </Text>
  ));
}

function TokenLife({ expiresAt }: { expiresAt: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const leftMs = Date.parse(expiresAt) - useNow(1_000);
  if (leftMs > 0)
    return <Text size="sm">{t('enrol.left', { left: format.duration(leftMs) })}</Text>;
  return (
    <Text size="sm" fw={600}>
      <IconAlertTriangle size={15} aria-hidden /> {t('enrol.over')}
    </Text>
  );
}

const faults = ['address', 'engine', 'gpu', 'clock'] as const;

/** What keeps an agent away most often, each with the command that tells. */
function Faults({ system, wait }: { system: System; wait: EnrolWait }) {
  const { t } = useTranslation();
  const marketplaceUrl = location.origin;
  const commands = {
    address: `curl -sS ${marketplaceUrl}/livez`,
    engine: 'docker info',
    gpu: 'npx node3 agent detect',
    clock: doctorCommand(system, marketplaceUrl),
  };
  const titleOf = (fault: (typeof faults)[number]) =>
    fault === 'clock' && wait.token === null ? t('enrol.fault.other') : t(`enrol.fault.${fault}`);
  return (
    <SectionCard title={t('enrol.faults')} description={t('enrol.faultsText')}>
      <Stack gap="md" component="ol" className="plain-list">
        {faults.map((fault) => (
          <li key={fault}>
            <Text size="sm" fw={600}>
              {titleOf(fault)}
            </Text>
            <Text size="sm" c="dimmed">
              {t(`enrol.fault.${fault}.text`)} <Code className="break">{commands[fault]}</Code>
            </Text>
          </li>
        ))}
      </Stack>
    </SectionCard>
  );
}
