import { Table } from '@mantine/core';
import { getTreasury, type TreasuryInfo } from '@node3/shared/routes/admin';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { useFormat } from '../../../i18n/use-format.ts';
import { PageLink } from '../../../parts/page-link.tsx';
import { QueryView } from '../../../parts/query-view.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { operatorQuery } from '../../../queries/operator.ts';

const lines = ['onChain', 'liabilities', 'escrow', 'operatorAvailable', 'feeRevenue'] as const;

/** What is there beside what is owed. */
export function MoneyFacts() {
  const { t } = useTranslation();
  const query = useQuery({ ...operatorQuery(useApp(), getTreasury, {}), refetchInterval: 30_000 });
  return (
    <SectionCard
      title={t('op.money.title')}
      padding="flush"
      aside={<PageLink to="/admin/payments">{t('op.money.more')}</PageLink>}
    >
      <QueryView query={query} lines={5}>
        {(treasury) => <MoneyTable treasury={treasury} />}
      </QueryView>
    </SectionCard>
  );
}

function MoneyTable({ treasury }: { treasury: TreasuryInfo }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Table horizontalSpacing="md" className="money-table">
      <caption className="visually-hidden">{t('op.money.title')}</caption>
      <Table.Tbody>
        {lines.map((line) => (
          <Table.Tr key={line}>
            <Table.Th scope="row">{t(`op.money.${line}`)}</Table.Th>
            <Table.Td className="numeric">{format.money(treasury[line].SOL)}</Table.Td>
            <Table.Td className="numeric">{format.money(treasury[line].USDC)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
