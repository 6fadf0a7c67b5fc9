import { NumberInput, Select, Text } from '@mantine/core';
import { limits } from '@node3/shared/limits';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { useFormat } from '../../../i18n/use-format.ts';
import { useChannelRefresh, usePollMs } from '../../../live/use-stream.ts';
import { publicAgentsQuery } from '../../../queries/market.ts';
import { useJobForm } from '../job-form/job-form-context.ts';
import { countGpus, type GpuClass, gpuClasses } from './gpu-offers.ts';

const none = 'none';
const any = 'any';

/** How many GPUs, and of which of the models that agents have online. */
export function GpuFields() {
  const { t } = useTranslation();
  const { draft, change, errorOf } = useJobForm();
  const { classes, all } = useGpus();
  const { gpuCount, gpuModels } = draft;
  const value = Number(gpuCount) === 0 ? none : (gpuModels[0] ?? any);
  const texts = useGpuTexts();
  const unlisted = gpuModels.filter((model) => !classes.some(({ modelId }) => modelId === model));
  const options = [
    { value: none, label: t('gpu.none') },
    { value: any, label: t('gpu.any') },
    ...classes.map((one) => ({ value: one.modelId, label: one.name })),
    ...unlisted.map((model) => ({ value: model, label: model })),
  ];
  function choose(wanted: string | null) {
    if (wanted === null) return;
    const count = Number(gpuCount) === 0 ? '1' : gpuCount;
    if (wanted === none) change({ gpuCount: '0', gpuModels: [] });
    else change({ gpuCount: count, gpuModels: wanted === any ? [] : [wanted] });
  }
  return (
    <div className="work-columns">
      <Select
        label={t('field.gpu')}
        description={t('field.gpu.text')}
        data={options}
        value={value}
        allowDeselect={false}
        error={errorOf('gpuModels')}
        maxDropdownHeight={320}
        onChange={choose}
        renderOption={({ option }) => (
          <div>
            <div>{option.label}</div>
            <Text size="xs" c="dimmed">
              {texts(option.value, { classes, all })}
            </Text>
          </div>
        )}
      />
      <NumberInput
        label={t('field.gpuCount')}
        description={t('field.gpuCount.text')}
        value={gpuCount}
        min={0}
        max={limits.gpusPerJob}
        clampBehavior="none"
        allowDecimal={false}
        allowNegative={false}
        error={errorOf('gpuCount')}
        onChange={(count) => change({ gpuCount: String(count) })}
      />
    </div>
  );
}

interface Gpus {
  classes: readonly GpuClass[];
  all: Pick<GpuClass, 'count' | 'idle'>;
}

function useGpus(): Gpus {
  const { draft } = useJobForm();
  const app = useApp();
  const { data = [] } = useQuery({ ...publicAgentsQuery(app), refetchInterval: usePollMs() });
  useChannelRefresh('market', ['market', 'agents'], 2_000);
  return { classes: gpuClasses(data, draft.asset), all: countGpus(data) };
}

/** Memory, price and how many there are, for one line below a model. */
function useGpuTexts() {
  const { t } = useTranslation();
  const format = useFormat();
  return (value: string, { classes, all }: Gpus): string => {
    if (value === none) return t('gpu.noneText');
    if (value === any) return t('gpu.available', { ...all });
    const found = classes.find(({ modelId }) => modelId === value);
    if (found === undefined) return t('gpu.nobody');
    return [
      ...(found.memoryBytes === null ? [] : [format.bytes(found.memoryBytes)]),
      found.askMin === null
        ? t('gpu.anyPrice')
        : t('gpu.from', { price: format.money(found.askMin) }),
      t('gpu.available', { idle: found.idle, count: found.count }),
      ...(found.simulated ? [t('gpu.simulated')] : []),
    ].join(' · ');
  };
}
