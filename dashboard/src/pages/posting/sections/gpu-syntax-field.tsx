import { TextInput } from '@mantine/core';
import { GpuSyntaxError, readGpuSyntax, writeGpuSyntax } from '@node3/shared/gpu/gpu-syntax';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { draftToSpec } from '../draft/draft-to-spec.ts';
import { specToDraft } from '../draft/spec-to-draft.ts';
import { useJobForm } from '../job-form/job-form-context.ts';

/** All that is said about GPUs in one line, as `node3 run --gpu` takes it. */
export function GpuSyntaxField() {
  const { t } = useTranslation();
  const { draft, change } = useJobForm();
  const [typed, setTyped] = useState<string | null>(null);
  const [wrong, setWrong] = useState(false);
  const { gpus } = draftToSpec(draft).spec.resources ?? {};
  function take() {
    if (typed === null) return;
    try {
      const found = typed.trim() === '' ? undefined : readGpuSyntax(typed);
      const { gpuCount, gpuVendor, gpuModels, gpuMemory, gpuCapability, gpuFramework } =
        specToDraft(found === undefined ? {} : { resources: { gpus: found } });
      change({ gpuCount, gpuVendor, gpuModels, gpuMemory, gpuCapability, gpuFramework });
      setTyped(null);
      setWrong(false);
    } catch (error) {
      if (!(error instanceof GpuSyntaxError)) throw error;
      setWrong(true);
    }
  }
  return (
    <TextInput
      label={t('field.gpuSyntax')}
      description={t('field.gpuSyntax.text')}
      placeholder="nvidia:h100-80gb:2"
      value={typed ?? (gpus === undefined ? '' : writeGpuSyntax(gpus))}
      maxLength={256}
      spellCheck={false}
      classNames={{ input: 'mono' }}
      error={wrong ? t('problem.gpuSyntax') : null}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={take}
      onKeyDown={(event) => {
        if (event.key === 'Enter') {
          event.preventDefault();
          take();
        }
      }}
    />
  );
}
