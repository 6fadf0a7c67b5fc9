import { Button, NumberInput, SegmentedControl, Select, TagsInput, TextInput } from '@mantine/core';
import { limits } from '@node3/shared/limits';
import { IconFileSearch } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { CodeEditor } from '../../../parts/code-editor/code-editor.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import type { ImportDraft } from './import-draft.ts';

interface ImportFormProps {
  draft: ImportDraft;
  pending: boolean;
  onChange: (part: Partial<ImportDraft>) => void;
  onTry: () => void;
}

/** The document and what it leaves open. */
export function ImportForm({ draft, pending, onChange, onTry }: ImportFormProps) {
  const { t } = useTranslation();
  const isJson = draft.text.trimStart().startsWith('{');
  return (
    <SectionCard title={t('import.document')} description={t('import.formats')}>
      <div className="work-fields">
        <CodeEditor
          label={t('import.text')}
          description={t('import.textHelp')}
          value={draft.text}
          language={isJson ? 'json' : 'yaml'}
          rows={18}
          bytesMax={limits.jobBodyBytes}
          onChange={(text) => onChange({ text })}
        />
        <PriceOfAll draft={draft} onChange={onChange} />
        <div className="work-columns">
          <NumberInput
            label={t('import.timeout')}
            description={t('import.timeoutText')}
            value={draft.timeoutMinutes}
            suffix=" min"
            min={1}
            max={limits.runSecMax / 60}
            allowDecimal={false}
            onChange={(value) => onChange({ timeoutMinutes: String(value) })}
          />
          <TextInput
            label={t('import.gpu')}
            description={t('import.gpuText')}
            value={draft.gpu}
            placeholder="rtx-4090,a100"
            maxLength={1_024}
            onChange={(event) => onChange({ gpu: event.currentTarget.value })}
          />
          <NumberInput
            label={t('field.gpuCount')}
            description={t('import.gpuCountText')}
            value={draft.gpuCount}
            min={1}
            max={limits.gpusPerJob}
            allowDecimal={false}
            onChange={(value) => onChange({ gpuCount: String(value) })}
          />
          <TextInput
            label={t('import.market')}
            description={t('import.marketText')}
            value={draft.market}
            placeholder="nvidia-4090"
            maxLength={64}
            onChange={(event) => onChange({ market: event.currentTarget.value })}
          />
        </div>
        <TagsInput
          label={t('field.hosts')}
          description={t('field.hosts.text')}
          value={draft.hosts}
          maxTags={limits.egressHosts}
          splitChars={[',', ' ']}
          acceptValueOnBlur
          onChange={(hosts) => onChange({ hosts })}
        />
        <Button
          w="fit-content"
          leftSection={<IconFileSearch size={17} aria-hidden />}
          loading={pending}
          disabled={draft.text.trim() === ''}
          onClick={onTry}
        >
          {t('import.try')}
        </Button>
      </div>
    </SectionCard>
  );
}

type PriceProps = Pick<ImportFormProps, 'draft' | 'onChange'>;

function PriceOfAll({ draft, onChange }: PriceProps) {
  const { t } = useTranslation();
  const names = draft.priceKind === 'fixed' ? (['reward'] as const) : (['bid', 'cap'] as const);
  return (
    <>
      <SegmentedControl
        aria-label={t('field.priceKind')}
        w="fit-content"
        value={draft.priceKind}
        onChange={(priceKind) => onChange({ priceKind })}
        data={[
          { value: 'fixed', label: t('priceKind.fixed') },
          { value: 'metered', label: t('priceKind.metered') },
        ]}
      />
      <div className="work-columns">
        {names.map((name) => (
          <TextInput
            key={name}
            label={t(`field.${name}`)}
            description={t('import.ofEach')}
            value={draft[name]}
            inputMode="decimal"
            maxLength={24}
            onChange={(event) => onChange({ [name]: event.currentTarget.value })}
          />
        ))}
        <Select
          label={t('field.asset')}
          description={t('field.asset.text')}
          data={['SOL', 'USDC']}
          value={draft.asset}
          allowDeselect={false}
          onChange={(value) => onChange({ asset: value === 'USDC' ? 'USDC' : 'SOL' })}
        />
      </div>
    </>
  );
}
