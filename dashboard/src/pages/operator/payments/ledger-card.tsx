import { Alert, Button, Group, List, Stack, Text } from '@mantine/core';
import { exportLedger, verifyLedger, writeOffLoss } from '@node3/shared/routes/ledger';
import { IconAlertTriangle, IconCheck, IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { useFormat } from '../../../i18n/use-format.ts';
import { ErrorView } from '../../../parts/error-view.tsx';
import { MoneyInput } from '../../../parts/money-input/money-input.tsx';
import { type MoneyText, noLimits, readMoneyText } from '../../../parts/money-input/money-text.ts';
import { saveFile } from '../../../parts/save-file.ts';
import { SectionCard } from '../../../parts/section-card.tsx';
import { ServerText } from '../../../parts/server-words.tsx';
import { useNotice } from '../../../parts/use-notice.tsx';
import { ActDialog } from '../shared/act-dialog.tsx';
import { useOperate } from '../shared/use-operate.ts';

/** Proves the books, hands them out, and books what is gone for good. */
export function LedgerCard() {
  const { t } = useTranslation();
  const format = useFormat();
  const { client } = useApp();
  const verify = useMutation({ mutationFn: () => client.call(verifyLedger, {}) });
  const proof = verify.data;
  return (
    <SectionCard
      title={t('op.ledger.title')}
      description={t('op.ledger.hint')}
      aside={
        <Group gap="sm">
          <Button
            size="xs"
            variant="default"
            loading={verify.isPending}
            onClick={() => verify.mutate()}
          >
            {t('op.ledger.verify')}
          </Button>
          <ExportButton />
        </Group>
      }
    >
      <Stack gap="md">
        {verify.isError && <ErrorView error={verify.error} />}
        {proof !== undefined && (
          <Alert
            variant="light"
            role="status"
            color={proof.verified ? 'green' : 'red'}
            icon={proof.verified ? <IconCheck aria-hidden /> : <IconAlertTriangle aria-hidden />}
            title={t(proof.verified ? 'op.ledger.right' : 'op.ledger.wrong')}
          >
            <Text size="sm">
              {t('op.ledger.entries', { entries: format.number(proof.entries) })}
            </Text>
            <Text size="xs" className="mono break">
              {proof.head}
            </Text>
            <List size="sm">
              {proof.problems.map((problem) => (
                <List.Item key={problem}>
                  <ServerText text={problem} />
                </List.Item>
              ))}
            </List>
          </Alert>
        )}
        <WriteOff />
      </Stack>
    </SectionCard>
  );
}

/** Streamed by the marketplace; a link would not carry the key of this tab. */
function ExportButton() {
  const { t } = useTranslation();
  const app = useApp();
  const notify = useNotice();
  const save = useMutation({
    async mutationFn() {
      const authorization = { authorization: `Bearer ${app.apiKey ?? ''}` };
      const headers = { accept: 'text/csv', ...authorization };
      const response = await app.fetch(exportLedger.url, { headers });
      const text = await response.text();
      // Its last line says that nothing is missing.
      if (!response.ok || !text.endsWith('ended\r\n')) throw new Error(t('op.ledger.cutOff'));
      saveFile(new Blob([text], { type: 'text/csv;charset=utf-8' }), 'ledger.csv');
    },
    onError: (error) => notify({ kind: 'failed', error }),
  });
  return (
    <Button
      size="xs"
      variant="default"
      loading={save.isPending}
      leftSection={<IconDownload size={15} aria-hidden />}
      onClick={() => save.mutate()}
    >
      {t('op.ledger.export')}
    </Button>
  );
}

function WriteOff() {
  const { t } = useTranslation();
  const format = useFormat();
  const { operate } = useOperate();
  const [amount, setAmount] = useState<MoneyText>({ text: '', asset: 'SOL' });
  const [asked, setAsked] = useState(false);
  const { money } = readMoneyText(amount, noLimits);
  return (
    <Stack gap={4}>
      <Group align="flex-end" gap="sm">
        <MoneyInput
          label={t('op.writeOff.label')}
          value={amount}
          onChange={setAmount}
          required={false}
        />
        <Button variant="default" disabled={money === null} onClick={() => setAsked(true)}>
          {t('op.writeOff')}
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        {t('op.writeOff.hint')}
      </Text>
      <ActDialog
        act={
          asked && money !== null
            ? {
                title: t('op.writeOff.title', { money: format.money(money) }),
                text: t('op.writeOff.text'),
                confirm: t('op.writeOff'),
                color: 'red',
                reason: 'required',
                typed: money.amount,
              }
            : null
        }
        onClose={() => setAsked(false)}
        onConfirm={(reason) =>
          money !== null &&
          operate(async (client) => {
            const body = { money, reason: reason ?? '' };
            const { written } = await client.call(writeOffLoss, { body });
            return t('op.writeOff.done', { money: format.money(written) });
          })
        }
      />
    </Stack>
  );
}
