import { Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { settlePayouts } from '@node3/shared/routes/payouts';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useOperate } from '../shared/use-operate.ts';

/** After a restore: payouts that were paid by a transaction which this database lost. */
export function SettleButton() {
  const { t } = useTranslation();
  const { operate } = useOperate();
  const [opened, setOpened] = useState(false);
  const [ids, setIds] = useState('');
  const [signature, setSignature] = useState('');
  const payoutIds = ids.split(/[\s,]+/).filter((id) => id !== '');
  return (
    <>
      <Button size="xs" variant="default" onClick={() => setOpened(true)}>
        {t('op.settle')}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t('op.settle.title')}
        centered
        closeButtonProps={{ 'aria-label': t('action.close') }}
      >
        <Stack gap="md">
          <Text size="sm">{t('op.settle.text')}</Text>
          <Textarea
            label={t('op.settle.ids')}
            value={ids}
            onChange={({ currentTarget }) => setIds(currentTarget.value)}
            autosize
            minRows={2}
            maxRows={8}
          />
          <TextInput
            label={t('op.settle.signature')}
            value={signature}
            maxLength={88}
            onChange={({ currentTarget }) => setSignature(currentTarget.value.trim())}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setOpened(false)}>
              {t('action.keep')}
            </Button>
            <Button
              disabled={payoutIds.length === 0 || signature === ''}
              onClick={() => {
                setOpened(false);
                operate(async (client) => {
                  const body = { payoutIds, signature };
                  const { data } = await client.call(settlePayouts, { body });
                  return t('op.settle.done', { count: data.length });
                });
              }}
            >
              {t('op.settle')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
