import { Alert, Anchor, Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { SignedReceipt } from '@node3/shared/routes/receipts';
import { IconAlertTriangle, IconDownload, IconShieldCheck } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { JsonView } from '../../parts/json-view.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { receiptKeyQuery, receiptQuery } from '../../queries/receipts.ts';
import { checkReceipt } from './check-receipt.ts';
import { formulaText } from './formula-text.ts';

/** A receipt: what it says of the money, whether it is genuine, and all of it as a file. */
export function ReceiptDialog({ jobId }: { jobId: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const query = useQuery(receiptQuery(useApp(), jobId));
  const close = () => void navigate({ to: '/receipts', search: {} });
  return (
    <Modal
      opened
      onClose={close}
      size="lg"
      title={t('receipts.one')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
    >
      <QueryView query={query} lines={6}>
        {(signed) => <ReceiptView signed={signed} />}
      </QueryView>
    </Modal>
  );
}

function ReceiptView({ signed }: { signed: SignedReceipt }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { receipt } = signed;
  const { jobId, held, charged, refund, providerShare, fee } = receipt;
  const lines = { held, charged, refund, providerShare, fee } as const;
  const text = `${JSON.stringify(signed, null, 2)}\n`;
  return (
    <Stack gap="md">
      <dl className="facts">
        {(Object.keys(lines) as (keyof typeof lines)[]).map((name) => (
          <div key={name}>
            <dt>{t(`receipts.line.${name}`)}</dt>
            <dd>{format.money(lines[name])}</dd>
          </div>
        ))}
      </dl>
      <Text size="sm" c="dimmed">
        {formulaText(receipt, { money: format.money, number: format.number, t })}
      </Text>
      <CheckReceipt signed={signed} />
      <Group gap="sm">
        <Button
          variant="default"
          size="xs"
          leftSection={<IconDownload size={15} aria-hidden />}
          onClick={() =>
            saveFile(new Blob([text], { type: 'application/json' }), `receipt-${jobId}.json`)
          }
        >
          {t('receipts.download')}
        </Button>
        <Anchor
          size="sm"
          renderRoot={(props) => <Link to="/jobs/$jobId" params={{ jobId }} {...props} />}
        >
          {t('receipts.toJob')}
        </Anchor>
      </Group>
      <JsonView value={signed} label={t('receipts.one')} />
    </Stack>
  );
}

function CheckReceipt({ signed }: { signed: SignedReceipt }) {
  const { t } = useTranslation();
  const key = useQuery(receiptKeyQuery(useApp()));
  const published = key.data?.key ?? null;
  const check = useMutation({
    mutationFn: (publishedKey: string) => checkReceipt(signed, publishedKey),
  });
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Button
          size="xs"
          disabled={published === null}
          loading={check.isPending}
          leftSection={<IconShieldCheck size={15} aria-hidden />}
          onClick={() => {
            if (published !== null) check.mutate(published);
          }}
        >
          {t('receipts.verify')}
        </Button>
        <Text size="sm" c="dimmed">
          {t('receipts.verifyText')}
        </Text>
      </Group>
      {check.data !== undefined && (
        <Alert
          variant="light"
          color={check.data === 'genuine' ? 'green' : check.data === 'unable' ? 'gray' : 'red'}
          icon={
            check.data === 'genuine' ? (
              <IconShieldCheck aria-hidden />
            ) : (
              <IconAlertTriangle aria-hidden />
            )
          }
          role="status"
        >
          {t(`receipts.check.${check.data}`, { key: signed.key })}
        </Alert>
      )}
    </Stack>
  );
}
