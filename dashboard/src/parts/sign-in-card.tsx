import { Alert, Button, Card, Code, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { createClient } from '@node3/shared/client';
import { isMarketError } from '@node3/shared/error';
import { getAccount } from '@node3/shared/routes/accounts';
import { IconKey } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { useApp } from '../app-context.tsx';

/** Asks for an API key and keeps it only after the marketplace has accepted it. */
export function SignInCard({ refused }: { refused: boolean }) {
  const { t } = useTranslation();
  const app = useApp();
  const queryClient = useQueryClient();
  const [key, setKey] = useState('');
  const signIn = useMutation({
    mutationFn: (apiKey: string) =>
      createClient({ baseUrl: '', apiKey, fetch: app.fetch }).call(getAccount, {}),
    onSuccess(_account, apiKey) {
      queryClient.removeQueries({ queryKey: ['own'] });
      app.session.signIn(apiKey);
    },
  });
  function submit(event: FormEvent) {
    event.preventDefault();
    const apiKey = key.trim();
    if (apiKey !== '') signIn.mutate(apiKey);
  }
  const error = signIn.error === null ? null : describe(signIn.error, t('signIn.invalid'));
  return (
    <Card withBorder maw={480} mx="auto" mt={{ base: 'md', sm: 48 }} padding="xl">
      <form onSubmit={submit} aria-label={t('signIn.title')}>
        <Stack gap="md">
          <div className="empty-icon">
            <IconKey size={24} stroke={1.5} aria-hidden />
          </div>
          <div>
            <Title order={2} size="h1">
              {t('signIn.title')}
            </Title>
            <Text c="dimmed" size="sm" mt={4}>
              {t('signIn.text')}
            </Text>
          </div>
          {refused && signIn.error === null && (
            <Alert color="orange" variant="light" role="alert">
              {t('signIn.refused')}
            </Alert>
          )}
          <PasswordInput
            label={t('signIn.key')}
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
            error={error}
            autoComplete="off"
            spellCheck={false}
            maxLength={256}
            required
            withAsterisk={false}
            visibilityToggleButtonProps={{ 'aria-label': t('signIn.show') }}
          />
          <Button type="submit" loading={signIn.isPending} fullWidth>
            {t('signIn.submit')}
          </Button>
          <Text size="sm" c="dimmed">
            <Trans i18nKey="signIn.help" components={[<Code key="command" />]} />
          </Text>
        </Stack>
      </form>
    </Card>
  );
}

function describe(error: Error, invalid: string): string {
  return isMarketError(error, 'AUTH_INVALID') || isMarketError(error, 'AUTH_REQUIRED')
    ? invalid
    : error.message;
}
