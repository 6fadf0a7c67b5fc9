import { Alert, Card, Group, Stack, Title } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { SignInForm } from './sign-in/sign-in-form.tsx';

interface SignInCardProps {
  /** What this tab was signed in with, if it is no longer accepted. */
  ended: 'key' | 'session' | null;
}

/** What a page shows that belongs to somebody, while nobody is signed in. */
export function SignInCard({ ended }: SignInCardProps) {
  const { t } = useTranslation();
  return (
    <Card withBorder maw={480} mx="auto" mt={{ base: 'md', sm: 48 }} padding="xl">
      <Stack gap="md">
        <Group gap="sm">
          <div className="empty-icon">
            <IconKey size={24} stroke={1.5} aria-hidden />
          </div>
          <Title order={2} size="h1">
            {t('signIn.title')}
          </Title>
        </Group>
        {ended !== null && (
          <Alert color="orange" variant="light" role="alert">
            {t(ended === 'key' ? 'signIn.refused' : 'signIn.sessionEnded')}
          </Alert>
        )}
        <SignInForm />
      </Stack>
    </Card>
  );
}
