import { Group, Text } from '@mantine/core';
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/use-format.ts';
import type { TimeSpan } from './chart-data.ts';
import { ZoomButtons } from './zoom-buttons.tsx';
import { ZoomGroup } from './zoom-group.ts';
import { stepZoom, type ZoomStep } from './zoom-steps.ts';

interface ChartZoom {
  span: TimeSpan | null;
  onZoom: (span: TimeSpan) => void;
  /** Each chart tells what it has, as long as it has it. */
  group: ZoomGroup;
}

const ZoomContext = createContext<ChartZoom | null>(null);

/** null for a chart that stands alone: nothing is zoomed by dragging over it. */
export function useChartZoom(): ChartZoom | null {
  return useContext(ZoomContext);
}

/**
 * Charts of one time range: dragging over one of them, or the buttons above them, shows that stretch
 * of time in all of them, in their tables too. Give it the range as its `key`, so that another range
 * begins as a whole.
 */
export function ZoomableCharts({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const clock = useFormat();
  const [span, setSpan] = useState<TimeSpan | null>(null);
  const [group] = useState(() => new ZoomGroup());
  const zoom = useMemo(() => ({ span, onZoom: setSpan, group }), [span, group]);
  const step = (taken: ZoomStep) => {
    const whole = group.whole();
    if (whole !== null) setSpan((shown) => stepZoom(whole, shown, taken));
  };
  return (
    <ZoomContext value={zoom}>
      <Group justify="space-between" gap="sm" mih={30} className="chart-zoom">
        <Text size="sm" c="dimmed" role="status">
          {span === null
            ? t('chart.zoom')
            : t('chart.between', { from: clock.time(span.fromMs), to: clock.time(span.toMs) })}
        </Text>
        <ZoomButtons isZoomed={span !== null} onStep={step} onReset={() => setSpan(null)} />
      </Group>
      {children}
    </ZoomContext>
  );
}
