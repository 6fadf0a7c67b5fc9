import { Button, SimpleGrid, TextInput } from '@mantine/core';
import type { BodyOf } from '@node3/shared/contract';
import { limits } from '@node3/shared/limits';
import { createReservation } from '@node3/shared/routes/reservations';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SectionCard } from '../../../parts/section-card.tsx';
import { useOperate } from '../shared/use-operate.ts';

const nothing = { accountId: '', count: '1', gpus: '', model: '', from: '', until: '' };
type Values = typeof nothing;

/** Whole agents, the most reliable of those that fit and are free then. */
export function NewReservation() {
  const { t } = useTranslation();
  const { operate, isBusy } = useOperate();
  const [values, setValues] = useState(nothing);
  const body = bodyOf(values);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (body === null) return;
    operate(async (client) => {
      const { agentIds } = await client.call(createReservation, { body });
      setValues(nothing);
      return t('op.reservations.made', { count: agentIds.length });
    });
  };
  const field = (name: keyof Values) => ({
    label: t(`op.reservations.${name}`),
    value: values[name],
    onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) =>
      setValues((before) => ({ ...before, [name]: value })),
  });
  const required = { required: true, withAsterisk: false };
  return (
    <SectionCard title={t('op.reservations.new')} description={t('op.reservations.newHint')}>
      <form onSubmit={submit}>
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="md" mb="md">
          <TextInput {...field('accountId')} {...required} maxLength={64} placeholder="acc_…" />
          <TextInput
            {...field('count')}
            {...required}
            type="number"
            min={1}
            max={limits.agentsPerReservation}
          />
          <TextInput {...field('gpus')} type="number" min={1} max={limits.gpusPerJob} />
          <TextInput {...field('model')} maxLength={64} placeholder="rtx-4090" />
          <TextInput {...field('from')} {...required} type="datetime-local" />
          <TextInput {...field('until')} {...required} type="datetime-local" />
        </SimpleGrid>
        <Button type="submit" variant="default" loading={isBusy} disabled={body === null}>
          {t('op.reservations.make')}
        </Button>
      </form>
    </SectionCard>
  );
}

/** null while something is missing; times are those of the reader's clock. */
function bodyOf(values: Values): BodyOf<typeof createReservation> | null {
  const { accountId, model } = values;
  const [count, gpus] = [Number(values.count), Number(values.gpus)];
  const [fromMs, untilMs] = [Date.parse(values.from), Date.parse(values.until)];
  if (accountId.trim() === '' || !Number.isInteger(count) || count < 1) return null;
  if (!Number.isFinite(fromMs) || !Number.isFinite(untilMs) || untilMs <= fromMs) return null;
  const wantsGpus = gpus >= 1 || model.trim() !== '';
  return {
    accountId: accountId.trim(),
    count,
    from: new Date(fromMs).toISOString(),
    until: new Date(untilMs).toISOString(),
    ...(wantsGpus
      ? {
          resources: {
            gpus: {
              count: Math.max(1, Math.trunc(gpus)),
              ...(model.trim() === '' ? {} : { models: [model.trim()] }),
            },
          },
        }
      : {}),
  };
}
