import { gpuFrameworks, gpuVendors } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { useTranslation } from 'react-i18next';
import { SectionCard } from '../../../parts/section-card.tsx';
import { exactSize } from '../draft/exact-size.ts';
import { ChoiceField, TagsField, TextField, WholeField } from '../job-form/draft-field.tsx';
import { useJobForm } from '../job-form/job-form-context.ts';
import { GpuFields } from './gpu-fields.tsx';
import { GpuSyntaxField } from './gpu-syntax-field.tsx';
import { TimeoutField } from './timeout-field.tsx';

const sizeChars = 24;

/** What the machine has to have, and for how long. */
export function ResourcesSection() {
  const { t } = useTranslation();
  const { mode } = useJobForm();
  const any = { value: '', label: t('choice.any') } as const;
  return (
    <SectionCard title={t('section.resources')}>
      <div className="work-fields">
        <GpuFields />
        {mode === 'advanced' && <GpuDetails />}
        <div className="work-columns">
          <TextField field="cpus" charsMax={8} placeholder="1" />
          <TextField
            field="memory"
            charsMax={sizeChars}
            placeholder={exactSize(limits.memoryBytesDefault)}
          />
          <TextField
            field="disk"
            charsMax={sizeChars}
            placeholder={exactSize(limits.diskBytesDefault)}
          />
          <ChoiceField
            field="arch"
            choices={[any, { value: 'x64', label: 'x86_64' }, { value: 'arm64', label: 'arm64' }]}
          />
        </div>
        <TimeoutField />
        {mode === 'advanced' && <MoreLimits />}
      </div>
    </SectionCard>
  );
}

function GpuDetails() {
  const { t } = useTranslation();
  const any = { value: '', label: t('choice.any') } as const;
  const asIs = (words: readonly string[]) => words.map((value) => ({ value, label: value }));
  return (
    <>
      <GpuSyntaxField />
      <div className="work-columns">
        <TagsField field="gpuModels" entriesMax={16} placeholder="rtx-4090, a100" />
        <TextField field="gpuMemory" charsMax={sizeChars} placeholder="24GB" />
        <ChoiceField field="gpuVendor" choices={[any, ...asIs(gpuVendors)]} />
        <ChoiceField field="gpuFramework" choices={[any, ...asIs(gpuFrameworks)]} />
        <TextField field="gpuCapability" charsMax={4} placeholder="8.6" />
      </div>
    </>
  );
}

function MoreLimits() {
  const seconds = { min: 1, suffix: ' s' };
  return (
    <div className="work-columns">
      <TextField field="shm" charsMax={sizeChars} placeholder={exactSize(limits.shmBytesDefault)} />
      <TextField
        field="logSize"
        charsMax={sizeChars}
        placeholder={exactSize(limits.logBytesDefault)}
      />
      <WholeField
        field="queueSec"
        {...seconds}
        max={limits.queueSecMax}
        placeholder={`${limits.queueSecDefault} s`}
      />
      <WholeField
        field="pullSec"
        {...seconds}
        max={limits.pullSecMax}
        placeholder={`${limits.pullSecDefault} s`}
      />
      <WholeField field="progressSec" {...seconds} max={limits.runSecMax} />
    </div>
  );
}
