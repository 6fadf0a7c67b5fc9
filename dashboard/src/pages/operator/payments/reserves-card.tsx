import { Button, Group, Table } from '@mantine/core';
import { assets } from '@node3/shared/money';
import { fundTreasury } from '@node3/shared/routes/admin';
import { getReserves, type ReservesView } from '@node3/shared/routes/ledger';
import { IconAlertTriangle, IconCheck, IconQuestionMark } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { useFormat } from '../../../i18n/use-format.ts';
import { QueryView } from '../../../parts/query-view.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { LookBadge } from '../../../parts/state-badge.tsx';
import type { Look } from '../../../parts/state-look.ts';
import { operatorQuery } from '../../../queries/operator.ts';
import { useOperate } from '../shared/use-operate.ts';

const looks: Record<ReservesView['state'], Look> = {
  covered: { color: 'green', icon: IconCheck },
  short: { color: 'red', icon: IconAlertTriangle },
  unknown: { color: 'gray', icon: IconQuestionMark },
};
const lines = [
  'onChain',
  'ledger',
  'onItsWay',
  'inbound',
  'liabilities',
  'own',
  'surplus',
  'deficit',
] as const;

/** What the treasury holds on chain beside what the ledger says and what is owed. */
export function ReservesCard() {
  const { t } = useTranslation();
  const app = useApp();
  const query = useQuery({ ...operatorQuery(app, getReserves, {}), refetchInterval: 30_000 });
  const state = query.data?.state;
  return (
    <SectionCard
      id="reserves"
      title={t('op.reserves.title')}
      padding="flush"
      aside={
        <Group gap="sm">
          {state !== undefined && (
            <LookBadge look={looks[state]} label={t(`op.reserves.state.${state}`)} />
          )}
          {app.config.cluster !== null && app.config.cluster !== 'mainnet-beta' && <FundButton />}
        </Group>
      }
    >
      <QueryView query={query} lines={6}>
        {(reserves) => <ReservesTable reserves={reserves} />}
      </QueryView>
    </SectionCard>
  );
}

function ReservesTable({ reserves }: { reserves: ReservesView }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Table horizontalSpacing="md" className="money-table">
      <caption className="visually-hidden">{t('op.reserves.title')}</caption>
      <Table.Tbody>
        {lines.map((line) => (
          <Table.Tr key={line}>
            <Table.Th scope="row">{t(`op.reserves.${line}`)}</Table.Th>
            {assets.map((asset) => (
              <Table.Td key={asset} className="numeric">
                {format.money(reserves[asset][line])}
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Test clusters give SOL away. */
function FundButton() {
  const { t } = useTranslation();
  const format = useFormat();
  const { operate, isBusy } = useOperate();
  return (
    <Button
      size="xs"
      variant="default"
      loading={isBusy}
      onClick={() =>
        operate(async (client) => {
          const { credited } = await client.call(fundTreasury, {});
          return t('op.reserves.funded', { money: format.money(credited) });
        })
      }
    >
      {t('op.reserves.fund')}
    </Button>
  );
}
