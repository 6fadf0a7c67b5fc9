import { SegmentedControl, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useJobForm } from '../job-form/job-form-context.ts';

/** Whether the job may be stopped for one that may not. */
export function OnDemandField() {
  const { t } = useTranslation();
  const { draft, change } = useJobForm();
  const value = draft.interruptible ? 'spot' : 'onDemand';
  return (
    <div>
      <Text size="sm" fw={600} component="div" mb={4}>
        {t('field.interruptible')}
      </Text>
      <SegmentedControl
        aria-label={t('field.interruptible')}
        value={value}
        onChange={(wanted) => change({ interruptible: wanted === 'spot' })}
        data={[
          { value: 'onDemand', label: t('onDemand.onDemand') },
          { value: 'spot', label: t('onDemand.spot') },
        ]}
      />
      <Text size="xs" c="dimmed" mt={4}>
        {t(`onDemand.${value}.text`)}
      </Text>
    </div>
  );
}
