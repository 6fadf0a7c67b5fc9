import { SimpleGrid, Stack, Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { SectionCard } from '../../parts/section-card.tsx';
import { NumberField } from './number-field.tsx';
import type { PolicyFieldsProps } from './policy-fields.ts';

export function LimitFields(props: PolicyFieldsProps) {
  const { t } = useTranslation();
  return (
    <SectionCard title={t('policy.limits')} description={t('policy.limits.text')}>
      <Stack gap="lg">
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <NumberField field="temperatureCelsiusMax" suffix=" °C" {...props} />
          <NumberField field="powerWattsMax" suffix=" W" {...props} />
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <NumberField field="diskFloorBytes" suffix=" GiB" decimals="allowed" {...props} />
          <NumberField field="imageDiskBytes" suffix=" GiB" decimals="allowed" {...props} />
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <NumberField field="warmContainers" {...props} />
        </SimpleGrid>
        <Switch
          label={t('policy.batteryAllowed')}
          description={t('policy.batteryAllowed.text')}
          checked={props.draft.batteryAllowed}
          onChange={(event) => props.onChange({ batteryAllowed: event.currentTarget.checked })}
        />
      </Stack>
    </SectionCard>
  );
}
