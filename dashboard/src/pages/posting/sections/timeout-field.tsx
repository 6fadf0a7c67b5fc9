import { Input, NumberInput, Slider } from '@mantine/core';
import { limits } from '@node3/shared/limits';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/use-format.ts';
import { useJobForm } from '../job-form/job-form-context.ts';

/** The seed's range of the slider; the number beside it takes all that the API takes. */
const sliderMax = limits.executeTimeoutSecMax;

/** When the program is stopped, by a slider or as a number. */
export function TimeoutField() {
  const { t } = useTranslation();
  const format = useFormat();
  const labelId = useId();
  const { draft, change, errorOf } = useJobForm();
  const seconds = Number(draft.runSec);
  return (
    <div role="group" aria-labelledby={labelId}>
      <Input.Label component="div" id={labelId}>
        {t('field.runSec')}
      </Input.Label>
      <Input.Description>{t('field.runSec.text')}</Input.Description>
      <div className="work-timeout">
        <Slider
          min={1}
          max={sliderMax}
          value={Math.min(sliderMax, Math.max(1, Number.isFinite(seconds) ? seconds : 1))}
          label={(value) => format.duration(value * 1_000)}
          thumbLabel={t('field.runSec.slider')}
          onChange={(value) => change({ runSec: String(value) })}
        />
        <NumberInput
          aria-label={t('field.runSec.number')}
          value={draft.runSec}
          suffix=" s"
          min={1}
          max={limits.runSecMax}
          clampBehavior="none"
          allowDecimal={false}
          allowNegative={false}
          error={errorOf('runSec')}
          onChange={(value) => change({ runSec: String(value) })}
        />
      </div>
    </div>
  );
}
