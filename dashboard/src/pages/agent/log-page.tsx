import { SegmentedControl, Stack, Text } from '@mantine/core';
import { agentLogLevels } from '@node3/shared/agent-log-levels';
import type { AgentLog } from '@node3/shared/routes/agent-upkeep';
import { IconFileText } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { cleanLine, plainText } from '../../logs/log-text.ts';
import { CommandLines } from '../../parts/command-lines.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { agentLogQuery } from '../../queries/provider.ts';
import { logsRoute } from '../../routes/provider-routes.ts';
import { AgentGate } from './agent-gate.tsx';
import './agent-pages.css';

const charsMax = 2_000;

/** The last lines of the agent's own log files, newest first. */
export function LogPage() {
  const { t } = useTranslation();
  const { level = 'info' } = logsRoute.useSearch();
  const navigate = logsRoute.useNavigate();
  const log = useQuery(agentLogQuery(useApp(), level));
  return (
    <>
      <PageHeading title={t('agentLog.title')} subtitle={t('agentLog.subtitle')} />
      <Stack gap="lg">
        <SegmentedControl
          aria-label={t('agentLog.level')}
          value={level}
          data={agentLogLevels.map((value) => ({ value, label: t(`agentLog.level.${value}`) }))}
          onChange={(value) => void navigate({ search: { level: value }, replace: true })}
          className="log-levels"
        />
        <AgentGate query={log}>{(data) => <LogView log={data} />}</AgentGate>
        <CommandLines
          lines={[
            { label: 'CLI', text: 'node3 agent service logs' },
            {
              label: 'curl',
              text: `curl -H "$AGENT_AUTH" '${location.origin}/api/v1/local/log?level=${level}'`,
            },
          ]}
        />
      </Stack>
    </>
  );
}

function LogView({ log }: { log: AgentLog }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (log.data.length === 0) {
    return (
      <SectionCard title={t('agentLog.lines')}>
        <EmptyState icon={IconFileText} title={t('agentLog.empty')}>
          {t(log.folder === null ? 'agentLog.noFiles' : 'agentLog.noLines')}
        </EmptyState>
      </SectionCard>
    );
  }
  return (
    <SectionCard
      title={t('agentLog.lines')}
      {...(log.folder === null
        ? {}
        : { description: t('agentLog.folder', { folder: log.folder }) })}
      padding="flush"
    >
      <ul className="plain-list agent-log">
        {log.data.toReversed().map((line, index) => (
          <li key={`${line.at} ${index}`} data-level={line.level}>
            <time dateTime={line.at}>{format.time(Date.parse(line.at))}</time>
            <span className="agent-log-level">{line.level}</span>
            <span className="agent-log-text">
              {plainText(cleanLine(line.message, charsMax))}
              {line.fields !== '' && (
                <Text component="span" size="xs" c="dimmed" className="break mono">
                  {plainText(cleanLine(line.fields, charsMax))}
                </Text>
              )}
            </span>
          </li>
        ))}
      </ul>
      {!log.isWhole && (
        <Text size="xs" c="dimmed" p="md">
          {t('agentLog.older')}
        </Text>
      )}
    </SectionCard>
  );
}
