import { Alert, Button, Group, Stack, TextInput } from '@mantine/core';
import { claimDeposit } from '@node3/shared/routes/accounts';
import { IconCheck } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { useFormat } from '../../i18n/use-format.ts';
import { ErrorView } from '../../parts/error-view.tsx';

const signaturePattern = /^[1-9A-HJ-NP-Za-km-z]{64,88}$/;

/** For money that was sent without a link: the wallet of the account says whose it is. */
export function ClaimForm() {
  const { t } = useTranslation();
  const { client } = useApp();
  const format = useFormat();
  const queryClient = useQueryClient();
  const [signature, setSignature] = useState('');
  const [submitted, setSubmitted] = useState(false);
  const typed = signature.trim();
  const isSignature = signaturePattern.test(typed);
  const claim = useMutation({
    mutationFn: () => client.call(claimDeposit, { body: { signature: typed } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['own'] }),
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    setSubmitted(true);
    if (isSignature) claim.mutate();
  }
  return (
    <form onSubmit={submit} aria-label={t('claim.title')} noValidate>
      <Stack gap="md" maw={640}>
        <TextInput
          label={t('claim.signature')}
          value={signature}
          onChange={(event) => setSignature(event.currentTarget.value)}
          error={submitted && !isSignature ? t('claim.form') : null}
          autoComplete="off"
          spellCheck={false}
          maxLength={128}
          classNames={{ input: 'mono' }}
        />
        {claim.error !== null && <ErrorView error={claim.error} />}
        {claim.data !== undefined && (
          <Alert color="green" variant="light" icon={<IconCheck aria-hidden />} role="status">
            {t('claim.done', { money: claim.data.credited.map(format.money).join(', ') })}
          </Alert>
        )}
        <Group>
          <Button type="submit" variant="default" loading={claim.isPending}>
            {t('claim.submit')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
