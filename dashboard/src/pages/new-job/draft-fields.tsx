import { Group, NumberInput, SegmentedControl, Select, Stack, TextInput } from '@mantine/core';
import { limits } from '@node3/shared/limits';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { CodeEditor } from '../../parts/code-editor/code-editor.tsx';
import { isScriptLanguage } from '../../parts/code-editor/code-language.ts';
import { SectionCard } from '../../parts/section-card.tsx';
import { publicAgentsQuery } from '../../queries/market.ts';
import type { DraftField, JobDraft } from './job-draft.ts';

interface DraftFieldsProps {
  draft: JobDraft;
  errors: ReadonlyMap<DraftField, string>;
  onChange: (part: Partial<JobDraft>) => void;
}

export function DraftFields(props: DraftFieldsProps) {
  const { t } = useTranslation();
  return (
    <>
      <SectionCard title={t('newJob.work')}>
        <WorkFields {...props} />
      </SectionCard>
      <SectionCard title={t('newJob.resources')}>
        <ResourceFields {...props} />
      </SectionCard>
    </>
  );
}

const languageNames = [
  { value: 'python', label: 'Python' },
  { value: 'javascript', label: 'JavaScript' },
  { value: 'typescript', label: 'TypeScript' },
  { value: 'bash', label: 'Bash' },
];

function WorkFields({ draft, errors, onChange }: DraftFieldsProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="md">
      <SegmentedControl
        aria-label={t('newJob.kind')}
        value={draft.kind}
        onChange={(kind) => onChange({ kind: kind === 'container' ? 'container' : 'script' })}
        data={[
          { value: 'script', label: t('newJob.kind.script') },
          { value: 'container', label: t('newJob.kind.container') },
        ]}
      />
      <Group grow align="flex-start" preventGrowOverflow={false} className="field-row">
        <TextInput
          label={t('newJob.name')}
          description={t('newJob.optional')}
          value={draft.name}
          maxLength={128}
          error={errors.get('name')}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
        {draft.kind === 'script' && (
          <Select
            label={t('newJob.language')}
            description={t('newJob.languageText')}
            data={languageNames}
            value={draft.language}
            allowDeselect={false}
            error={errors.get('language')}
            onChange={(value) => isScriptLanguage(value) && onChange({ language: value })}
          />
        )}
      </Group>
      {draft.kind === 'script' ? (
        <CodeEditor
          label={t('newJob.code')}
          value={draft.code}
          language={draft.language}
          bytesMax={limits.codeBytesMax}
          error={errors.get('code')}
          onChange={(code) => onChange({ code })}
          onFileLanguage={(language) => isScriptLanguage(language) && onChange({ language })}
        />
      ) : (
        <TextInput
          label={t('newJob.command')}
          description={t('newJob.commandText')}
          placeholder="nvidia-smi -L"
          value={draft.command}
          spellCheck={false}
          maxLength={limits.commandPartBytes}
          classNames={{ input: 'mono' }}
          error={errors.get('command')}
          onChange={(event) => onChange({ command: event.currentTarget.value })}
        />
      )}
      <TextInput
        label={t('newJob.image')}
        description={draft.kind === 'script' ? t('newJob.imageScript') : t('newJob.imageContainer')}
        placeholder="registry.example/name@sha256:…"
        value={draft.image}
        spellCheck={false}
        maxLength={512}
        classNames={{ input: 'mono' }}
        error={errors.get('image')}
        onChange={(event) => onChange({ image: event.currentTarget.value })}
      />
    </Stack>
  );
}

function ResourceFields({ draft, errors, onChange }: DraftFieldsProps) {
  const { t } = useTranslation();
  const models = useGpuModels();
  return (
    <Stack gap="md">
      <Group grow align="flex-start" preventGrowOverflow={false} className="field-row">
        <NumberInput
          label={t('newJob.gpuCount')}
          description={t('newJob.gpuCountText')}
          value={draft.gpuCount}
          min={0}
          max={limits.gpusPerJob}
          allowDecimal={false}
          allowNegative={false}
          error={errors.get('gpuCount')}
          onChange={(value) => onChange({ gpuCount: String(value) })}
        />
        <Select
          label={t('newJob.gpuModel')}
          description={t('newJob.gpuModelText')}
          data={[{ value: '', label: t('newJob.anyModel') }, ...models]}
          value={draft.gpuModel}
          allowDeselect={false}
          disabled={Number(draft.gpuCount) === 0}
          error={errors.get('gpuModel')}
          onChange={(value) => onChange({ gpuModel: value ?? '' })}
        />
      </Group>
      <Group grow align="flex-start" preventGrowOverflow={false} className="field-row">
        <NumberInput
          label={t('newJob.runSec')}
          description={t('newJob.runSecText')}
          suffix=" s"
          value={draft.runSec}
          min={1}
          max={limits.runSecMax}
          allowDecimal={false}
          allowNegative={false}
          error={errors.get('runSec')}
          onChange={(value) => onChange({ runSec: String(value) })}
        />
        <Group gap="xs" wrap="nowrap" align="flex-start">
          <TextInput
            label={t('newJob.reward')}
            description={t('newJob.rewardText')}
            value={draft.reward}
            inputMode="decimal"
            maxLength={24}
            flex={1}
            error={errors.get('reward')}
            onChange={(event) => onChange({ reward: event.currentTarget.value })}
          />
          <Select
            label={t('newJob.asset')}
            description={t('newJob.assetText')}
            data={['SOL', 'USDC']}
            value={draft.asset}
            allowDeselect={false}
            w={100}
            onChange={(value) => onChange({ asset: value === 'USDC' ? 'USDC' : 'SOL' })}
          />
        </Group>
      </Group>
    </Stack>
  );
}

/** The models that registered agents really have, with how many of each. */
function useGpuModels(): { value: string; label: string }[] {
  const { data: agents = [] } = useQuery(publicAgentsQuery(useApp()));
  const counts = new Map<string, number>();
  for (const { modelId } of agents.flatMap((agent) => agent.devices)) {
    if (modelId !== null) counts.set(modelId, (counts.get(modelId) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([a], [b]) => a.localeCompare(b));
  return sorted.map(([value, count]) => ({ value, label: `${value} (${count})` }));
}
