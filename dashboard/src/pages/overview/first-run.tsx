import { Button, Card, Group, Text, Title } from '@mantine/core';
import type { OwnOverview } from '@node3/shared/routes/own-overview';
import { IconCircle, IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { isZeroMoney } from '../../format.ts';
import type { OwnAccount } from '../../viewer/viewer.ts';

interface FirstRunProps {
  account: OwnAccount;
  own: OwnOverview;
}

/** Three steps of a new account, each of them done when the marketplace says so. Gone after the last. */
export function FirstRun({ account, own }: FirstRunProps) {
  const { t } = useTranslation();
  if (own.succeeded > 0) return null;
  const { SOL, USDC } = account.balances;
  const hasMoney = [SOL, USDC].some(
    ({ available, held }) => !isZeroMoney(available) || !isZeroMoney(held),
  );
  const steps = [
    {
      key: 'fund',
      done: hasMoney || own.total > 0,
      to: '/wallet',
      search: { view: 'deposit' },
    },
    { key: 'pick', done: own.total > 0, to: '/jobs/new', search: {} },
    { key: 'run', done: false, to: '/jobs', search: {} },
  ] as const;
  const next = steps.find(({ done }) => !done);
  return (
    <Card component="section" withBorder padding="md" aria-labelledby="first-run">
      <Title order={2} id="first-run" mb="sm">
        {t('first.title')}
      </Title>
      <ol className="plain-list first-run">
        {steps.map((step) => {
          const Icon = step.done ? IconCircleCheck : IconCircle;
          return (
            <li key={step.key}>
              <span className="check-icon" data-color={step.done ? 'green' : 'gray'}>
                <Icon size={20} aria-hidden />
              </span>
              <div>
                <Text size="sm" fw={600}>
                  {t(`first.${step.key}`)}
                  <span className="visually-hidden">
                    : {step.done ? t('first.done') : t('first.open')}
                  </span>
                </Text>
                <Text size="sm" c="dimmed">
                  {t(`first.${step.key}.text`)}
                </Text>
              </div>
              {step === next && (
                <Group className="first-action">
                  <Button
                    size="xs"
                    renderRoot={(button) => <Link to={step.to} search={step.search} {...button} />}
                  >
                    {t(`first.${step.key}.action`)}
                  </Button>
                </Group>
              )}
            </li>
          );
        })}
      </ol>
    </Card>
  );
}
