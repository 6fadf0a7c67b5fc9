import { Anchor, Checkbox, MultiSelect, Text } from '@mantine/core';
import { type RetryCause, retriedReasons } from '@node3/shared/job-lifecycle';
import { isolationLevels, placementStrategies, priorities } from '@node3/shared/job-spec';
import { limits } from '@node3/shared/limits';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../../app-context.tsx';
import { SectionCard } from '../../../parts/section-card.tsx';
import { publicAgentsQuery } from '../../../queries/market.ts';
import { ChoiceField, TagsField, WholeField } from '../job-form/draft-field.tsx';
import { useJobForm } from '../job-form/job-form-context.ts';
import { AfterRows } from '../rows/after-rows.tsx';
import { PairRows } from '../rows/pair-rows.tsx';
import { OnDemandField } from './on-demand-field.tsx';
import { PriceFields } from './price-fields.tsx';

/** Where it runs, how soon, how often it is tried, and for how much. */
export function PreferencesSection() {
  const { t } = useTranslation();
  const { mode } = useJobForm();
  const regions = useRegions();
  return (
    <SectionCard title={t('section.preferences')}>
      <div className="work-fields">
        <OnDemandField />
        <div className="work-columns">
          <TagsField
            field="providers"
            entriesMax={limits.placementListed}
            placeholder={t('choice.anyProvider')}
          />
          <TagsField
            field="regions"
            entriesMax={limits.placementListed}
            suggestions={regions}
            placeholder={t('choice.auto')}
          />
          <ChoiceField
            field="priority"
            choices={priorities.map((value) => ({ value, label: t(`priority.${value}`) }))}
          />
          <WholeField
            field="attemptsMax"
            min={1}
            max={limits.attemptsMax}
            placeholder={String(limits.attemptsDefault)}
          />
        </div>
        {mode === 'advanced' && <MorePreferences />}
        <PriceFields />
      </div>
    </SectionCard>
  );
}

function MorePreferences() {
  const { t } = useTranslation();
  const { draft, change } = useJobForm();
  const { placementListed } = limits;
  return (
    <>
      <RetryCauses />
      <div className="work-columns">
        <ChoiceField
          field="strategy"
          choices={placementStrategies.map((value) => ({ value, label: t(`strategy.${value}`) }))}
        />
        <ChoiceField
          field="isolationMin"
          choices={isolationLevels.map((value) => ({ value, label: t(`isolation.${value}`) }))}
        />
        <TagsField field="agents" entriesMax={placementListed} placeholder="agt_…" />
        <TagsField field="agentsBlocked" entriesMax={placementListed} placeholder="agt_…" />
        <TagsField field="providersBlocked" entriesMax={placementListed} />
      </div>
      <PairRows field="placementLabels" rowsMax={limits.labels} valueMax={256} />
      <AfterRows />
      <div className="work-columns">
        <WholeField field="cacheSec" min={1} max={limits.cacheAgeSecMax} suffix=" s" />
        <Checkbox
          mt={30}
          label={t('field.cacheAnyTag')}
          checked={draft.cacheAnyTag}
          onChange={(event) => change({ cacheAnyTag: event.currentTarget.checked })}
        />
      </div>
      <Text size="sm" c="dimmed">
        {t('preferences.schedule')}{' '}
        <Anchor size="sm" href="/schedules" underline="always">
          {t('preferences.schedules')}
        </Anchor>
      </Text>
    </>
  );
}

const retriedFaults = ['provider', 'platform', 'none'] as const;

function RetryCauses() {
  const { t } = useTranslation();
  const { draft, change, errorOf } = useJobForm();
  const causes: readonly RetryCause[] = [...retriedFaults, ...retriedReasons];
  return (
    <MultiSelect
      label={t('field.retryOn')}
      description={t('field.retryOn.text')}
      data={causes.map((value) => ({ value, label: value }))}
      value={draft.retryOn ?? []}
      placeholder={(draft.retryOn ?? []).length === 0 ? t('choice.allCauses') : ''}
      error={errorOf('retryOn')}
      onChange={(chosen) => change({ retryOn: chosen.length === 0 ? null : chosen })}
    />
  );
}

/** Those that agents say they are in. */
function useRegions(): string[] {
  const { data = [] } = useQuery(publicAgentsQuery(useApp()));
  return [...new Set(data.flatMap(({ region }) => (region === null ? [] : [region])))].toSorted();
}
