import { Alert, Button, Card, Group, Stack, Text, TextInput } from '@mantine/core';
import { isMarketError } from '@node3/shared/error';
import {
  decideDeviceLogin,
  getDeviceLogin,
  type DeviceLogin as Login,
} from '@node3/shared/routes/device-logins';
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { ErrorWords } from '../../parts/error-words.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { ScopeText } from '../../parts/server-words.tsx';
import './device.css';

const route = getRouteApi('/device');

type Decision = 'approve' | 'deny';

/** Asks for the code, shows what it would give away to whom, and lets that be decided once. */
export function DeviceLogin() {
  const { t } = useTranslation();
  const { client } = useApp();
  const { user_code: given = '' } = route.useSearch();
  const [code, setCode] = useState(given);
  const find = useMutation({
    mutationFn: async (userCode: string) => ({
      userCode,
      login: await client.call(getDeviceLogin, { params: { userCode } }),
    }),
  });
  const decide = useMutation({
    // What is decided about is what is shown, whatever is typed meanwhile.
    mutationFn: ({ userCode, decision }: { userCode: string; decision: Decision }) =>
      client.call(decideDeviceLogin, { params: { userCode }, body: { decision } }),
  });
  const { mutate: show } = find;
  useEffect(() => {
    if (given !== '') show(given);
  }, [given, show]);
  function submit(event: FormEvent) {
    event.preventDefault();
    decide.reset();
    show(code.trim());
  }
  if (decide.isSuccess) return <Decided decision={decide.variables.decision} />;
  return (
    <Card withBorder maw={560} padding="xl">
      <Stack gap="lg">
        <form onSubmit={submit}>
          <Group align="flex-end" gap="sm">
            <TextInput
              label={t('deviceLogin.code')}
              description={t('deviceLogin.codeText')}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
              autoComplete="off"
              spellCheck={false}
              required
              withAsterisk={false}
              maxLength={9}
              className="device-code"
            />
            <Button type="submit" variant="default" loading={find.isPending}>
              {t('deviceLogin.show')}
            </Button>
          </Group>
        </form>
        <Problem error={find.error ?? decide.error} />
        {find.data !== undefined && (
          <Grant
            login={find.data.login}
            isDeciding={decide.isPending}
            onDecide={(decision) => decide.mutate({ userCode: find.data.userCode, decision })}
          />
        )}
      </Stack>
    </Card>
  );
}

function Problem({ error }: { error: Error | null }) {
  const { t } = useTranslation();
  if (error === null) return null;
  const isUnknown =
    isMarketError(error, 'DEVICE_LOGIN_NOT_FOUND') || isMarketError(error, 'REQUEST_INVALID');
  return (
    <Alert color="red" variant="light" role="alert">
      {isUnknown ? t('deviceLogin.unknown') : <ErrorWords error={error} />}
    </Alert>
  );
}

interface GrantProps {
  login: Login;
  isDeciding: boolean;
  onDecide: (decision: Decision) => void;
}

function Grant({ login, isDeciding, onDecide }: GrantProps) {
  const { t } = useTranslation();
  return (
    <section aria-label={t('deviceLogin.grant')}>
      <Alert
        variant="light"
        color="orange"
        icon={<IconAlertTriangle aria-hidden />}
        title={t('deviceLogin.grant')}
      >
        {t('deviceLogin.warning')}
      </Alert>
      <dl className="facts device-facts">
        <dt>{t('deviceLogin.client')}</dt>
        <dd>{login.client}</dd>
        <dt>{t('deviceLogin.scopes')}</dt>
        <dd>
          {login.scopes.map((scope) => (
            <div key={scope}>
              <ScopeText scope={scope} />
            </div>
          ))}
        </dd>
        <dt>{t('deviceLogin.address')}</dt>
        <dd>{login.address ?? t('state.unknown')}</dd>
        <dt>{t('deviceLogin.until')}</dt>
        <dd>
          <RelativeTime at={login.expiresAt} />
        </dd>
      </dl>
      <Group mt="lg">
        <Button onClick={() => onDecide('approve')} loading={isDeciding}>
          {t('deviceLogin.approve')}
        </Button>
        <Button variant="default" onClick={() => onDecide('deny')} disabled={isDeciding}>
          {t('deviceLogin.deny')}
        </Button>
      </Group>
    </section>
  );
}

function Decided({ decision }: { decision: Decision }) {
  const { t } = useTranslation();
  const isApproved = decision === 'approve';
  return (
    <Alert
      maw={560}
      role="status"
      variant="light"
      color={isApproved ? 'green' : 'gray'}
      icon={isApproved ? <IconCircleCheck aria-hidden /> : <IconCircleX aria-hidden />}
      title={t(isApproved ? 'deviceLogin.approved' : 'deviceLogin.denied')}
    >
      <Text size="sm">{t(isApproved ? 'deviceLogin.approvedText' : 'deviceLogin.deniedText')}</Text>
    </Alert>
  );
}
