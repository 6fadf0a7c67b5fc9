import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/use-format.ts';
import { executionLooks } from '../../../parts/state-look.ts';
import { stepLooks } from '../flow-looks.ts';
import { type Span, type TimeScale, ticksOf } from './time-scale.ts';
import type { TraceRow } from './trace-rows.ts';

interface TraceChartProps {
  rows: readonly TraceRow[];
  scale: TimeScale;
  /** When the run began: times are counted from there. */
  startMs: number;
  selected: string | null;
  onSelect: (nodeId: string) => void;
  onZoom: (span: Span) => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

/** A drag that is shorter than so much of the width is a click. */
const dragMin = 0.01;

/** One bar a step, at its time. The list of steps beside it says the same in words. */
export function TraceChart(props: TraceChartProps) {
  const { rows, scale, startMs, selected, onSelect } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const { drawn, handlers } = useDrag(scale, props.onZoom);
  return (
    <div
      className="trace"
      role="group"
      aria-label={t('trace.label')}
      // The keys for zooming need a place that has the focus.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      onKeyDown={props.onKeyDown}
    >
      <div className="trace-row trace-axis" aria-hidden="true">
        <span className="trace-name">{t('trace.sinceStart')}</span>
        <span className="trace-plot">
          {ticksOf(scale, startMs).map(({ atMs, place }) => (
            <span key={atMs} className="trace-tick" style={{ left: percent(place) }}>
              {format.duration(Math.round(atMs - startMs))}
            </span>
          ))}
        </span>
      </div>
      <div className="trace-rows">
        {rows.map((row) => (
          <div
            key={row.key}
            className="trace-row"
            data-kind={row.kind}
            data-selected={row.kind === 'step' && row.nodeId === selected}
          >
            <RowName row={row} onSelect={onSelect} />
            <span className="trace-plot">
              <Bar row={row} scale={scale} />
            </span>
          </div>
        ))}
        <div className="trace-over" {...handlers}>
          {scale.stretches
            .filter(({ isGap }) => isGap)
            .map((gap) => (
              <span
                key={gap.fromMs}
                className="trace-gap"
                style={{ left: percent(gap.left), width: percent(gap.width) }}
                title={t('trace.idle', {
                  time: format.duration(Math.round(gap.toMs - gap.fromMs)),
                })}
              />
            ))}
          {drawn !== null && (
            <span
              className="trace-drag"
              style={{
                left: percent(Math.min(drawn.from, drawn.to)),
                width: percent(Math.abs(drawn.to - drawn.from)),
              }}
            />
          )}
        </div>
      </div>
    </div>
  );
}

function RowName({ row, onSelect }: { row: TraceRow } & Pick<TraceChartProps, 'onSelect'>) {
  const { t } = useTranslation();
  if (row.kind === 'attempt') {
    return (
      <span className="trace-name">
        {t('trace.attempt', { number: row.attempt, agent: row.agentName })}
        <span className="trace-state">{t(`execution.state.${row.state}`)}</span>
      </span>
    );
  }
  return (
    // The list of steps has the buttons that a keyboard reaches; here the arrow keys choose.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions, jsx-a11y/click-events-have-key-events
    <span className="trace-name" onClick={() => onSelect(row.nodeId)}>
      {row.label}
      <span className="trace-state">
        {row.isTaken ? t('trace.taken') : t(`flow.step.${row.state}`)}
      </span>
    </span>
  );
}

function Bar({ row, scale }: { row: TraceRow; scale: TimeScale }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (row.span === null) return null;
  const { fromMs, toMs } = row.span;
  const [left, right] = [scale.placeOf(fromMs), scale.placeOf(toMs)];
  const [first, last] = [scale.stretches[0], scale.stretches.at(-1)];
  if (first === undefined || last === undefined) return null;
  if (toMs < first.fromMs || fromMs > last.toMs) return null;
  const look = row.kind === 'step' ? stepLooks[row.state] : executionLooks[row.state];
  const time = format.duration(Math.round(toMs - fromMs));
  // Where there is no room to the right, the words stand to the left.
  const side = right > 0.8 ? (left > 0.2 ? 'before' : 'within') : 'after';
  return (
    <>
      <span
        className="trace-bar"
        style={{
          left: percent(left),
          width: percent(right - left),
          background: `var(--mantine-color-${look.color}-${side === 'within' ? 'filled' : 'outline'})`,
        }}
      />
      <span
        className="trace-time"
        data-side={side}
        style={
          side === 'before'
            ? { right: percent(1 - left) }
            : { left: percent(side === 'within' ? left : right) }
        }
      >
        {row.kind === 'step' && row.state === 'running' ? t('trace.soFar', { time }) : time}
      </span>
    </>
  );
}

/** A stretch of time that is drawn with the pointer. Buttons and keys do the same. */
function useDrag(scale: TimeScale, onZoom: (span: Span) => void) {
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  return {
    drawn: drag,
    handlers: {
      onPointerDown(event: PointerEvent) {
        // A finger scrolls the page; it has the buttons.
        if (event.button !== 0 || event.pointerType === 'touch') return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ from: placeOf(event), to: placeOf(event) });
      },
      onPointerMove(event: PointerEvent) {
        if (drag !== null) setDrag({ from: drag.from, to: placeOf(event) });
      },
      onPointerUp(event: PointerEvent) {
        if (drag === null) return;
        const [left, right] = [drag.from, placeOf(event)].toSorted((a, b) => a - b);
        setDrag(null);
        if (left === undefined || right === undefined || right - left < dragMin) return;
        onZoom({ fromMs: scale.momentAt(left), toMs: scale.momentAt(right) });
      },
      onPointerCancel: () => setDrag(null),
    },
  };
}

/** From the left of what the pointer was pressed on, 0 to 1. */
function placeOf({ clientX, currentTarget }: PointerEvent): number {
  const { left, width } = currentTarget.getBoundingClientRect();
  return width === 0 ? 0 : Math.min(1, Math.max(0, (clientX - left) / width));
}

function percent(share: number): string {
  return `${(share * 100).toFixed(3)}%`;
}
