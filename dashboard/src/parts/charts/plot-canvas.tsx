import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatShortTime, type Zone } from '../../format.ts';
import { useFormat } from '../../i18n/use-format.ts';
import { axisWidth, binarySteps, stepsOf, timeLabels, valueLabels } from './axis-labels.ts';
import { lonePoints, type TimeChartData, type TimeSpan } from './chart-data.ts';
import { seriesDash, seriesVariable } from './chart-look.tsx';

interface PlotCanvasProps {
  data: TimeChartData;
  format: (value: number) => string;
  gap: string;
  height: number;
  sync?: string;
  range?: { min: number; max: number };
  inBytes?: true;
  steps?: keyof typeof stepsOf;
  /** What the axis of time shows, where that is not just what has points. */
  span?: TimeSpan;
  /** Somebody dragged over a stretch of time. */
  onZoom?: (span: TimeSpan) => void;
}

const msPerSec = 1_000;

/** The canvas of a time chart: made anew for another look; new data are only set. */
export function PlotCanvas(props: PlotCanvasProps) {
  const { data, height, range, sync } = props;
  const scheme = useComputedColorScheme('light');
  const { language, zone } = useFormat();
  const labels = [...data.series.map(({ label }) => label), data.band?.label ?? null];
  const look = JSON.stringify([
    scheme,
    language,
    zone,
    height,
    sync ?? null,
    range ?? null,
    labels,
  ]);
  return <Plot key={look} {...props} language={language} zone={zone} />;
}

type PlotProps = PlotCanvasProps & { language: string; zone: Zone };

function Plot(props: PlotProps) {
  const { data, height } = props;
  const box = useRef<HTMLDivElement>(null);
  const readout = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  useEffect(() => {
    const { current: element } = box;
    if (element === null) return undefined;
    const { current: first } = latest;
    const facts = {
      element,
      language: first.language,
      zone: first.zone,
      props: () => latest.current,
      show: (text: string) => {
        if (readout.current) readout.current.textContent = text;
      },
    };
    const chart = new uPlot(optionsOf(facts), columnsOf(first.data), element);
    plot.current = chart;
    const resized = new ResizeObserver(() => {
      const { clientWidth: width } = element;
      if (width > 0) chart.setSize({ width, height: first.height });
    });
    resized.observe(element);
    return () => {
      resized.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, []);
  useEffect(() => {
    plot.current?.setData(columnsOf(data));
  }, [data]);
  return (
    <div className="chart-plot">
      <div ref={box} style={{ height }} />
      <div ref={readout} className="chart-readout" aria-hidden="true" />
    </div>
  );
}

function columnsOf({ band, series, times }: TimeChartData): uPlot.AlignedData {
  const bands = band === undefined ? [] : [[...band.high], [...band.low]];
  return [
    times.map((atMs) => atMs / msPerSec),
    ...series.map(({ points }) => [...points]),
    ...bands,
  ] as uPlot.AlignedData;
}

interface PlotFacts {
  element: HTMLElement;
  language: string;
  zone: Zone;
  props: () => PlotCanvasProps;
  show: (text: string) => void;
}

function optionsOf({ element, language, zone, props, show }: PlotFacts): uPlot.Options {
  const { data, height, inBytes, steps, sync, range } = props();
  const style = getComputedStyle(element);
  const color = (name: string) => style.getPropertyValue(name).trim();
  const text = color('--mantine-color-dimmed');
  const grid = { stroke: color('--mantine-color-default-border'), width: 1 };
  const font = `11px ${color('--mantine-font-family') || 'sans-serif'}`;
  const axis = { stroke: text, font, grid, ticks: { show: false } };
  const count = data.series.length;
  return {
    width: Math.max(element.clientWidth, 1),
    height,
    // Marks stand at round hours of the clock that they are written by.
    ...(zone === 'UTC' && {
      tzDate: (sec: number) => uPlot.tzDate(new Date(sec * msPerSec), 'Etc/UTC'),
    }),
    legend: { show: false },
    // The last day or hour is written around the end of the axis.
    padding: [8, 20, 0, 0],
    cursor: {
      drag: { x: props().onZoom !== undefined, y: false, setScale: false },
      points: { size: 6 },
      ...(sync === undefined ? {} : { sync: { key: sync } }),
    },
    scales: {
      x: { time: true, range: (_, first, last) => timesOf(first, last, props().span) },
      y: { range: (_, low, high) => rangeOf(low, high, range) },
    },
    axes: [
      { ...axis, size: 28, values: (_, splits) => timeLabels(splits, language, zone), space: 70 },
      {
        ...axis,
        size: (_, labels) => axisWidth(labels),
        values: (_, splits) => valueLabels(splits, props().format, language, inBytes),
        space: 36,
        ...(inBytes === undefined ? {} : { incrs: binarySteps }),
        ...(steps === undefined ? {} : { incrs: [...stepsOf[steps]] }),
      },
    ],
    series: [
      {},
      ...data.series.map(
        ({ label }, index): uPlot.Series => ({
          label,
          stroke: color(seriesVariable(index)),
          dash: seriesDash(index),
          width: 1.5,
          spanGaps: false,
          points: {
            show: false,
            filter: (plot, at) => lonePoints(plot.data[at] ?? []),
            size: 4,
            fill: color(seriesVariable(index)),
          },
        }),
      ),
      ...(data.band === undefined ? [] : [{ stroke: 'transparent' }, { stroke: 'transparent' }]),
    ],
    bands:
      data.band === undefined
        ? []
        : [{ series: [count + 1, count + 2], fill: color('--chart-band') }],
    hooks: {
      setSelect: [(plot) => zoomTo(plot, props().onZoom)],
      drawClear: [(plot) => drawMarked(plot, props().data, color('--chart-marked'))],
      setCursor: [(plot) => show(readAt(plot.cursor.idx ?? null, props(), language, zone))],
    },
  };
}

/** In seconds. */
function timesOf(first: number, last: number, span: TimeSpan | undefined): [number, number] {
  return span === undefined ? [first, last] : [span.fromMs / msPerSec, span.toMs / msPerSec];
}

/** From zero, and a little above the highest, where nobody knows better. */
function rangeOf(
  low: number | null,
  high: number | null,
  range: { min: number; max: number } | undefined,
): [number, number] {
  if (range !== undefined) return [range.min, range.max];
  const top = high ?? 1;
  return [Math.min(0, low ?? 0), top <= 0 ? 1 : top * 1.1];
}

function drawMarked(plot: uPlot, { marked }: TimeChartData, fill: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = fill;
  for (const { fromMs, toMs } of marked?.spans ?? []) {
    const left = Math.max(plot.valToPos(fromMs / msPerSec, 'x', true), bbox.left);
    const right = Math.min(plot.valToPos(toMs / msPerSec, 'x', true), bbox.left + bbox.width);
    if (right > left) ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
  ctx.restore();
}

/** Shorter than this is a click. */
const dragPixelsMin = 6;

function zoomTo(plot: uPlot, onZoom: PlotCanvasProps['onZoom']): void {
  const { left, width } = plot.select;
  if (onZoom === undefined || width < dragPixelsMin) return;
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onZoom({
    fromMs: Math.floor(plot.posToVal(left, 'x') * msPerSec),
    toMs: Math.ceil(plot.posToVal(left + width, 'x') * msPerSec),
  });
}

function readAt(
  index: number | null,
  { data, format, gap }: PlotCanvasProps,
  language: string,
  zone: Zone,
) {
  const atMs = index === null ? undefined : data.times[index];
  if (index === null || atMs === undefined) return '';
  const values = data.series.map(({ label, points }) => {
    const value = points[index] ?? null;
    return `${label} ${value === null ? gap : format(value)}`;
  });
  return [formatShortTime(atMs, language, zone), ...values].join(' · ');
}
