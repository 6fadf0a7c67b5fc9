import { Anchor, Table, Text } from '@mantine/core';
import type { StatementLine } from '@node3/shared/routes/statements';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { shorten } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { ExplorerLink } from '../../parts/explorer-link.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { readSigned } from './signed-money.ts';

export function StatementTable({ lines }: { lines: StatementLine[] }) {
  const { t } = useTranslation();
  return (
    <Table className="responsive-table" verticalSpacing="xs" horizontalSpacing="md">
      <caption className="visually-hidden">{t('moneyPage.view.history')}</caption>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('moneyPage.column.what')}</Table.Th>
          <Table.Th className="numeric">{t('moneyPage.column.available')}</Table.Th>
          <Table.Th className="numeric">{t('moneyPage.column.held')}</Table.Th>
          <Table.Th>{t('moneyPage.column.belongsTo')}</Table.Th>
          <Table.Th className="numeric">{t('moneyPage.column.when')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {lines.map((line) => (
          <StatementRow key={line.entry} line={line} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function StatementRow({ line }: { line: StatementLine }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Table.Tr>
      <Table.Td data-label={t('moneyPage.column.what')}>
        <div>
          <Text size="sm" fw={500}>
            {t(`moneyPage.kind.${line.kind}`)}
          </Text>
          <Text size="xs" c="dimmed">
            {t('moneyPage.entry', { money: format.money(line.money), entry: line.entry })}
          </Text>
        </div>
      </Table.Td>
      <Table.Td data-label={t('moneyPage.column.available')} className="numeric">
        <Change text={line.available} asset={line.money.asset} />
      </Table.Td>
      <Table.Td data-label={t('moneyPage.column.held')} className="numeric">
        <Change text={line.held} asset={line.money.asset} />
      </Table.Td>
      <Table.Td data-label={t('moneyPage.column.belongsTo')}>
        <BelongsTo line={line} />
      </Table.Td>
      <Table.Td data-label={t('moneyPage.column.when')} className="numeric">
        <RelativeTime at={line.at} />
      </Table.Td>
    </Table.Tr>
  );
}

function Change({ text, asset }: { text: string; asset: StatementLine['money']['asset'] }) {
  const format = useFormat();
  const change = readSigned(text, asset);
  if (change === null) {
    return (
      <Text component="span" c="dimmed" size="sm">
        0
      </Text>
    );
  }
  return (
    <span>
      {change.sign}
      {format.money(change.money)}
    </span>
  );
}

function BelongsTo({ line }: { line: StatementLine }) {
  const { t } = useTranslation();
  const { jobId, withdrawalId, signature, explorerUrl } = line;
  if (jobId !== null) {
    return (
      <Anchor
        size="sm"
        className="mono"
        renderRoot={(props) => <Link to="/jobs/$jobId" params={{ jobId }} {...props} />}
      >
        {shorten(jobId, 8, 5)}
      </Anchor>
    );
  }
  if (signature !== null) {
    return <ExplorerLink kind="transaction" value={signature} url={explorerUrl} />;
  }
  if (withdrawalId !== null) {
    return (
      <Text component="span" size="sm" className="mono">
        {shorten(withdrawalId, 8, 5)}
      </Text>
    );
  }
  return <>{t('state.unknown')}</>;
}
