import { ActionIcon, Button } from '@mantine/core';
import {
  IconChevronLeft,
  IconChevronRight,
  IconZoomIn,
  IconZoomOut,
  IconZoomReset,
  type TablerIcon,
} from '@tabler/icons-react';
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { stepOfKey, type ZoomStep } from './zoom-steps.ts';

const steps: readonly (readonly [ZoomStep, TablerIcon])[] = [
  ['in', IconZoomIn],
  ['out', IconZoomOut],
  ['earlier', IconChevronLeft],
  ['later', IconChevronRight],
];

interface ZoomButtonsProps {
  isZoomed: boolean;
  onStep: (step: ZoomStep) => void;
  onReset: () => void;
}

/** What dragging does, for who has no pointer; while one has the focus, + − ← → do the same. */
export function ZoomButtons({ isZoomed, onStep, onReset }: ZoomButtonsProps) {
  const { t } = useTranslation();
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.ctrlKey || event.metaKey || event.altKey ? null : stepOfKey(event.key);
    if (step === null) return;
    event.preventDefault();
    onStep(step);
  };
  return (
    // The keys are those of the buttons in it.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className="chart-zoom-buttons"
      role="group"
      aria-label={t('chart.zoomGroup')}
      onKeyDown={onKeyDown}
    >
      {isZoomed && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconZoomReset size={15} aria-hidden />}
          onClick={onReset}
        >
          {t('chart.zoomReset')}
        </Button>
      )}
      {steps.map(([step, Icon]) => (
        <ActionIcon
          key={step}
          variant="default"
          size={30}
          aria-label={t(`chart.zoom.${step}`)}
          title={t(`chart.zoom.${step}`)}
          // Not `disabled`, which would take the focus away in the middle of a press.
          aria-disabled={step !== 'in' && !isZoomed}
          {...(step !== 'in' && !isZoomed && { 'data-disabled': true })}
          onClick={() => onStep(step)}
        >
          <Icon size={16} aria-hidden />
        </ActionIcon>
      ))}
    </div>
  );
}
