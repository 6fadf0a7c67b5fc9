import { SegmentedControl, Stack, Switch, Text, useMantineColorScheme } from '@mantine/core';
import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp } from '../../app-context.tsx';
import { type LanguageCode, languageCodes, languages } from '../../i18n/area-texts.ts';
import { switchLanguage } from '../../i18n/i18n.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { PageHeading } from '../../parts/page-heading.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { SectionCard } from '../../parts/section-card.tsx';
import { timeStyles } from '../../preferences/preferences.ts';
import { preferences, usePreferences } from '../../preferences/use-preferences.ts';
import './settings.css';

const schemes = ['light', 'dark', 'auto'] as const;

/** What this browser remembers of how somebody wants the app. */
export function PreferencesPage() {
  const { t } = useTranslation();
  const { config } = useApp();
  return (
    <>
      <PageHeading title={t('nav.settings')} subtitle={t('prefs.subtitle')} />
      <Stack gap="lg">
        <Look />
        <Times />
        <SectionCard title={t('prefs.keyboard')}>
          <Toggle name="singleKeys" label={t('prefs.singleKeys')}>
            {t('prefs.singleKeysText')}
          </Toggle>
        </SectionCard>
        {config.mode === 'marketplace' && (
          <SectionCard title={t('prefs.notices')}>
            <Toggle name="jobNotices" label={t('prefs.jobNotices')}>
              {t('prefs.jobNoticesText')}
            </Toggle>
          </SectionCard>
        )}
      </Stack>
    </>
  );
}

function Look() {
  const { t, i18n } = useTranslation();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SectionCard title={t('prefs.look')}>
      <Stack gap="md">
        <Choice
          label={t('language.label')}
          value={i18n.language}
          options={languageCodes.map((code) => ({ value: code, label: languages[code] }))}
          onChange={(code) => void switchLanguage(i18n, code as LanguageCode)}
        />
        <Choice
          label={t('scheme.label')}
          value={colorScheme}
          options={schemes.map((scheme) => ({ value: scheme, label: t(`scheme.${scheme}`) }))}
          onChange={(scheme) => setColorScheme(scheme as (typeof schemes)[number])}
        />
      </Stack>
    </SectionCard>
  );
}

function Times() {
  const { t } = useTranslation();
  const format = useFormat();
  const { times } = usePreferences();
  // The page's own beginning: a moment that is surely known.
  const since = new Date(performance.timeOrigin).toISOString();
  return (
    <SectionCard title={t('prefs.times')}>
      <Choice
        label={t('prefs.timesLabel')}
        value={times}
        options={timeStyles.map((style) => ({ value: style, label: t(`prefs.times.${style}`) }))}
        onChange={(style) => {
          const chosen = timeStyles.find((one) => one === style);
          if (chosen !== undefined) preferences.change({ times: chosen });
        }}
      />
      <Text size="sm" c="dimmed" mt="sm" component="div" lang={format.language}>
        {t('prefs.timesExample')} <RelativeTime at={since} />
      </Text>
    </SectionCard>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  options: { value: string; label: string }[];
  onChange: (value: string) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  const labelId = useId();
  return (
    <div className="preference">
      <Text size="sm" fw={500} id={labelId}>
        {label}
      </Text>
      <SegmentedControl
        aria-labelledby={labelId}
        data={options}
        value={value}
        onChange={onChange}
        className="preference-choice"
      />
    </div>
  );
}

interface ToggleProps {
  name: 'singleKeys' | 'jobNotices';
  label: string;
  children: ReactNode;
}

function Toggle({ name, label, children }: ToggleProps) {
  const values = usePreferences();
  return (
    <Switch
      label={label}
      description={children}
      checked={values[name]}
      onChange={(event) => preferences.change({ [name]: event.currentTarget.checked })}
    />
  );
}
