import { Alert, Button, Group, Loader, Stack, Text } from '@mantine/core';
import { type DoctorSubject, doctorSubjects } from '@node3/shared/doctor-findings';
import { type DoctorReport, startDoctor } from '@node3/shared/routes/agent-upkeep';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleX,
  IconPlayerSkipForward,
  IconStethoscope,
} from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { CommandLines } from '../../parts/command-lines.tsx';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Said } from '../../parts/error-words.tsx';
import { PageHeading } from '../../parts/page-heading.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { ServerText } from '../../parts/server-words.tsx';
import { LookBadge } from '../../parts/state-badge.tsx';
import type { Look } from '../../parts/state-look.ts';
import { useNotice } from '../../parts/use-notice.tsx';
import { doctorQuery } from '../../queries/provider.ts';
import { AgentGate } from './agent-gate.tsx';
import { useFinding } from './agent-words.tsx';
import { FixLine } from './fix-line.tsx';
import './agent-pages.css';

type Check = NonNullable<DoctorReport['checks']>[number];

const looks: Record<Check['state'], Look> = {
  ok: { color: 'green', icon: IconCircleCheck },
  warning: { color: 'orange', icon: IconAlertTriangle },
  failed: { color: 'red', icon: IconCircleX },
  skipped: { color: 'gray', icon: IconPlayerSkipForward },
};

/** What this machine lacks, with what mends it: as `node3 agent doctor` tells it. */
export function DoctorPage() {
  const { t } = useTranslation();
  const app = useApp();
  const notify = useNotice();
  const queryClient = useQueryClient();
  const report = useQuery(doctorQuery(app));
  const start = useMutation({
    mutationFn: () => app.client.call(startDoctor, { body: {} }),
    onSuccess: (data) => queryClient.setQueryData(doctorQuery(app).queryKey, data),
    onError: (error) => notify({ kind: 'failed', error }),
  });
  const isRunning = start.isPending || (report.data?.runningSince ?? null) !== null;
  return (
    <>
      <PageHeading
        title={t('doctor.title')}
        subtitle={t('doctor.subtitle')}
        actions={
          report.data !== undefined && (
            <Button
              loading={isRunning}
              leftSection={<IconStethoscope size={16} aria-hidden />}
              onClick={() => start.mutate()}
            >
              {t(report.data.checks === null ? 'doctor.run' : 'doctor.again')}
            </Button>
          )
        }
      />
      <AgentGate query={report}>{(data) => <ReportView report={data} />}</AgentGate>
    </>
  );
}

function ReportView({ report }: { report: DoctorReport }) {
  const { t } = useTranslation();
  const { checks, error, finishedAt, runningSince } = report;
  const count = (state: Check['state']) => checks?.filter((one) => one.state === state).length ?? 0;
  return (
    <Stack gap="lg">
      <div role="status">
        {runningSince !== null && (
          <Group gap="xs">
            <Loader size="xs" aria-hidden />
            <Text size="sm">
              {t('doctor.running')} <RelativeTime at={runningSince} />
            </Text>
          </Group>
        )}
      </div>
      {error !== null && (
        <Alert
          color="red"
          variant="light"
          icon={<IconCircleX aria-hidden />}
          title={t('doctor.error')}
        >
          <ServerText text={error} />
        </Alert>
      )}
      {checks === null ? (
        <SectionCard title={t('doctor.result')}>
          <EmptyState icon={IconStethoscope} title={t('doctor.empty')}>
            {t('doctor.emptyText')}
          </EmptyState>
        </SectionCard>
      ) : (
        <SectionCard
          title={t('doctor.counts', {
            failed: count('failed'),
            warnings: count('warning'),
            ok: count('ok'),
          })}
          aside={
            <Text size="xs" c="dimmed">
              {t('doctor.finished')} <RelativeTime at={finishedAt} />
            </Text>
          }
        >
          <ul className="plain-list doctor-list">
            {checks.map((check, index) => (
              <CheckRow key={`${check.name} ${index}`} check={check} />
            ))}
          </ul>
        </SectionCard>
      )}
      <CommandLines lines={[{ label: 'CLI', text: 'node3 agent doctor' }]} />
    </Stack>
  );
}

function CheckRow({ check }: { check: Check }) {
  const { t } = useTranslation();
  const { sentence, fix } = useFinding()(check);
  return (
    <li className="doctor-row">
      <LookBadge look={looks[check.state]} label={t(`doctor.state.${check.state}`)} />
      <div className="doctor-text">
        <Text size="sm" fw={600}>
          <SubjectName name={check.name} />
        </Text>
        <Text size="sm" className="break">
          <Said {...sentence} />
        </Text>
        {fix !== null && <FixLine fix={fix} />}
      </div>
    </li>
  );
}

/** A GPU has its number after its name. */
function SubjectName({ name }: { name: string }) {
  const { t } = useTranslation();
  const [, gpu] = /^GPU (\d+)$/.exec(name) ?? [];
  if (gpu !== undefined) return `${t('doctor.of.GPU')} ${gpu}`;
  return doctorSubjects.some((known) => known === name) ? (
    t(`doctor.of.${name as DoctorSubject}`)
  ) : (
    <ServerText text={name} />
  );
}
