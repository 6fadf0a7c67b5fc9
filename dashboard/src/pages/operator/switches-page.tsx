import { Button, Group, Text } from '@mantine/core';
import { getPayoutEngine } from '@node3/shared/routes/payouts';
import { listSwitches, type SwitchView, setSwitch } from '@node3/shared/routes/switches';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { LookBadge } from '../../parts/state-badge.tsx';
import { operatorQuery } from '../../queries/operator.ts';
import { switchesQuery } from '../../queries/switches.ts';
import { curlLine } from '../../shell-command.ts';
import { StopSwitch } from './payments/payout-engine.tsx';
import { ActDialog } from './shared/act-dialog.tsx';
import { OperatorPage } from './shared/operator-page.tsx';
import { useOperate } from './shared/use-operate.ts';

/** What holds the market back in an emergency. */
export function SwitchesPage() {
  const { t } = useTranslation();
  const url = `${location.origin}${listSwitches.url}`;
  return (
    <OperatorPage
      title={t('op.switches.title')}
      subtitle={t('op.switches.subtitle')}
      lines={[
        { label: 'CLI', text: "node3 admin switch on pause-matching --reason 'why'" },
        { label: 'CLI', text: "node3 admin switch off pause-matching --reason 'what was done'" },
        { label: 'curl', text: curlLine({ url }) },
      ]}
    >
      {() => <Switches />}
    </OperatorPage>
  );
}

function Switches() {
  const { t } = useTranslation();
  const app = useApp();
  const query = useQuery({ ...switchesQuery(app), refetchInterval: 10_000 });
  const engine = useQuery({ ...operatorQuery(app, getPayoutEngine, {}), refetchInterval: 10_000 });
  return (
    <QueryView query={query}>
      {(switches) => (
        <>
          {switches.map((one) => (
            <SwitchCard key={one.name} one={one} />
          ))}
          <SectionCard
            title={t('op.switch.payouts')}
            description={t('op.switch.payouts.hint')}
            aside={engine.data !== undefined && <StopSwitch status={engine.data} />}
          >
            <QueryView query={engine} lines={1}>
              {({ stopped }) => <State since={null} reason={stopped} />}
            </QueryView>
          </SectionCard>
        </>
      )}
    </QueryView>
  );
}

function State({ reason, since }: { reason: string | null; since: string | null }) {
  const { t } = useTranslation();
  const look =
    reason === null
      ? { color: 'green', icon: IconPlayerPlay }
      : { color: 'red', icon: IconPlayerPause };
  return (
    <Group gap="sm">
      <LookBadge look={look} label={t(reason === null ? 'op.switch.goes' : 'op.switch.held')} />
      {reason !== null && <Text size="sm">{reason}</Text>}
      {since !== null && (
        <Text size="sm" c="dimmed">
          <RelativeTime at={since} />
        </Text>
      )}
    </Group>
  );
}

function SwitchCard({ one }: { one: SwitchView }) {
  const { t } = useTranslation();
  const queryClient = useQueryClient();
  const { operate, isBusy } = useOperate();
  const [asked, setAsked] = useState(false);
  const { name, on } = one;
  const action = on ? 'off' : 'on';
  return (
    <SectionCard
      title={t(`op.switch.${name}`)}
      description={t(`op.switch.${name}.hint`)}
      aside={
        <Button
          size="xs"
          variant={on ? 'filled' : 'default'}
          disabled={isBusy}
          onClick={() => setAsked(true)}
        >
          {t(`op.switch.${name}.${action}`)}
        </Button>
      }
    >
      <State reason={one.reason} since={one.since} />
      <ActDialog
        act={
          asked
            ? {
                title: t(`op.switch.${name}.${action}`),
                text: t(`op.switch.${action}.text`),
                confirm: t(`op.switch.${name}.${action}`),
                color: on ? 'indigo' : 'red',
                reason: 'required',
              }
            : null
        }
        onClose={() => setAsked(false)}
        onConfirm={(reason) =>
          operate(async (client) => {
            const body = { on: !on, reason: reason ?? '' };
            await client.call(setSwitch, { params: { name }, body });
            await queryClient.invalidateQueries({ queryKey: ['switches'] });
            return t(`op.switch.${action}.done`);
          })
        }
      />
    </SectionCard>
  );
}
