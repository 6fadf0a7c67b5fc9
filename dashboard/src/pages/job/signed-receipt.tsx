import { Alert, Button, Table, Text } from '@mantine/core';
import { checkReceipt, type ReceiptCheck } from '@node3/shared/check-receipt';
import type { JobDetail } from '@node3/shared/routes/jobs';
import type { Receipt, SignedReceipt } from '@node3/shared/routes/receipts';
import {
  IconAlertTriangle,
  IconDownload,
  IconHelpCircle,
  IconRosetteDiscountCheck,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { shorten } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { QueryView } from '../../parts/query-view.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { SectionCard } from '../../parts/section-card.tsx';
import { TransferKind } from '../../parts/transfer-kind.tsx';
import { receiptKeyQuery, receiptQuery } from '../../queries/jobs.ts';

const looks: Record<ReceiptCheck, { color: string; icon: typeof IconDownload }> = {
  genuine: { color: 'green', icon: IconRosetteDiscountCheck },
  another_key: { color: 'red', icon: IconAlertTriangle },
  changed: { color: 'red', icon: IconAlertTriangle },
  unable: { color: 'gray', icon: IconHelpCircle },
};

/** The signed receipt, checked here against the key that the marketplace publishes. */
export function SignedReceiptCard({ job }: { job: JobDetail }) {
  const { t } = useTranslation();
  const app = useApp();
  const receipt = useQuery(receiptQuery(app, job.jobId));
  const published = useQuery(receiptKeyQuery(app));
  const signed = receipt.data;
  const key = published.data?.key;
  const check = useQuery({
    queryKey: ['receipt-check', signed?.signature, key],
    queryFn: () =>
      signed === undefined || key === undefined
        ? null
        : checkReceipt(signed, key, globalThis.crypto.subtle),
    enabled: signed !== undefined && key !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <SectionCard
      title={t('signed.title')}
      aside={signed !== undefined && <SaveReceipt signed={signed} />}
    >
      <QueryView query={receipt} lines={4}>
        {(answer) => (
          <>
            {check.data != null && <Verdict check={check.data} />}
            <Transfers receipt={answer.receipt} />
          </>
        )}
      </QueryView>
    </SectionCard>
  );
}

function SaveReceipt({ signed }: { signed: SignedReceipt }) {
  const { t } = useTranslation();
  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconDownload size={15} aria-hidden />}
      onClick={() => {
        const text = `${JSON.stringify(signed, null, 2)}\n`;
        const name = `receipt-${signed.receipt.jobId}.json`;
        saveFile(new Blob([text], { type: 'application/json' }), name);
      }}
    >
      {t('signed.save')}
    </Button>
  );
}

function Verdict({ check }: { check: ReceiptCheck }) {
  const { t } = useTranslation();
  const { color, icon: Icon } = looks[check];
  return (
    <Alert
      color={color}
      variant="light"
      mb="md"
      icon={<Icon aria-hidden />}
      title={t(`signed.${check}`)}
      data-testid="receipt-check"
    >
      {t(`signed.${check}Text`)}
    </Alert>
  );
}

/** The entries of the ledger that the job made; each carries the hash of all before it. */
function Transfers({ receipt }: { receipt: Receipt }) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns = ['entry', 'kind', 'amount', 'time', 'hash'] as const;
  return (
    <>
      <Text size="sm" mb="xs">
        {receipt.complete ? t('signed.complete') : t('signed.open')}
      </Text>
      <Table className="responsive-table" verticalSpacing="xs">
        <caption className="visually-hidden">{t('signed.transfers')}</caption>
        <Table.Thead>
          <Table.Tr>
            {columns.map((name) => (
              <Table.Th key={name}>{t(`signed.${name}`)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {receipt.transfers.map(({ entry, transferId, kind, money, at, hash }) => (
            <Table.Tr key={transferId}>
              <Table.Td data-label={t('signed.entry')}>{entry}</Table.Td>
              <Table.Td data-label={t('signed.kind')}>
                <TransferKind kind={kind} />
              </Table.Td>
              <Table.Td data-label={t('signed.amount')}>{format.money(money)}</Table.Td>
              <Table.Td data-label={t('signed.time')}>{format.time(Date.parse(at))}</Table.Td>
              <Table.Td data-label={t('signed.hash')}>
                <span className="mono" title={hash}>
                  {shorten(hash, 8, 4)}
                </span>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}
