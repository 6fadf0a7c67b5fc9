import { Button, Code, PasswordInput, Stack, Text } from '@mantine/core';
import { createClient } from '@node3/shared/client';
import { isMarketError } from '@node3/shared/error';
import { getAccount } from '@node3/shared/routes/accounts';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { ErrorWords } from '../error-words.tsx';

/** Asks for an API key and keeps it only after the marketplace has accepted it. */
export function KeyForm() {
  const { t } = useTranslation();
  const app = useApp();
  const [key, setKey] = useState('');
  const signIn = useMutation({
    mutationFn: (apiKey: string) =>
      createClient({ baseUrl: '', apiKey, fetch: app.fetch }).call(getAccount, {}),
    onSuccess: (_account, apiKey) => app.session.signIn(apiKey),
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    const apiKey = key.trim();
    if (apiKey !== '') signIn.mutate(apiKey);
  }
  const { error } = signIn;
  return (
    <form onSubmit={submit} aria-label={t('signIn.byKey')}>
      <Stack gap="md">
        <PasswordInput
          label={t('signIn.key')}
          value={key}
          onChange={(event) => setKey(event.currentTarget.value)}
          error={
            error !== null &&
            (isRefused(error) ? t('signIn.invalid') : <ErrorWords error={error} />)
          }
          autoComplete="off"
          spellCheck={false}
          maxLength={256}
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }}
        />
        <Button type="submit" variant="default" loading={signIn.isPending} fullWidth>
          {t('signIn.submit')}
        </Button>
        <Text size="sm" c="dimmed">
          <Trans i18nKey="signIn.help" components={[<Code key="command" />]} />
        </Text>
      </Stack>
    </form>
  );
}

function isRefused(error: Error): boolean {
  return isMarketError(error, 'AUTH_INVALID') || isMarketError(error, 'AUTH_REQUIRED');
}
