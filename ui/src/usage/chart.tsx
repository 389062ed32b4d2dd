// Lines over time.

import "uplot/dist/uPlot.min.css";

import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";

import { clock } from "../words";
import classes from "./chart.module.css";

const POWERS = Array.from({ length: 50 }, (_, power) => 2 ** power);

export interface Line {
  name: string;
  color: string;
  /** Seconds since 1970. */
  times: number[];
  values: (number | null)[];
}

interface ChartProps {
  lines: Line[];
  figure: (value: number) => string;
  /** The top of the scale is at most this; none: as the values are. */
  most?: number;
  /** Ticks stand at powers of two. */
  isBinary?: boolean;
  height?: number;
}

export default function Chart({ lines, figure, most, isBinary = false, height = 176 }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const [shown, setShown] = useState<number | null>(null);
  const scheme = useComputedColorScheme();
  const latest = useRef({ figure, most });
  latest.current = { figure, most };
  const names = lines.map(({ name, color }) => `${name} ${color}`).join(" ");
  const data = useMemo(() => joined(lines), [lines]);

  useEffect(() => {
    const box = place.current;
    if (!box) return;
    const style = getComputedStyle(box);
    const axis = {
      stroke: style.getPropertyValue("--mantine-color-dimmed"),
      grid: { stroke: style.getPropertyValue("--haven-line-faint"), width: 1 },
      ticks: { show: false },
      font: "11px system-ui, sans-serif",
    };
    const made = new uPlot(
      {
        width: box.clientWidth,
        height,
        padding: [8, 28, 0, 0],
        legend: { show: false },
        cursor: { points: { size: 6 }, drag: { x: false, y: false } },
        scales: { y: { range: (_, __, max) => [0, top(max, latest.current.most)] } },
        axes: [
          { ...axis, size: 24, space: 70, values: (plot, splits) => splits.map((time) => tick(time, plot.scales.x)) },
          { ...axis, size: 62, space: 32, ...(isBinary && { incrs: POWERS }), values: (_, splits) => splits.map((value) => latest.current.figure(value)) },
        ],
        series: [
          {},
          ...lines.map(({ name, color }) => ({ label: name, stroke: color, width: 1.5, spanGaps: true, points: { show: false } })),
        ],
        hooks: { setCursor: [(plot) => setShown(plot.cursor.idx ?? null)] },
      },
      data,
      box,
    );
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height }));
    watch.observe(box);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = undefined;
    };
    // Made anew when its lines or colours are others; new data is only drawn, below.
  }, [names, scheme, height, isBinary]);

  useEffect(() => plot.current?.setData(data), [data]);

  const at = shown === null ? undefined : data[0][shown];
  return (
    <figure className={classes.chart}>
      <div ref={place} className={classes.plot} style={{ height }} role="img" aria-label={lines.map(({ name }) => name).join(", ")} />
      <figcaption className={classes.legend}>
        {at !== undefined && <span className={classes.time}>{clock(at * 1000)}</span>}
        {at !== undefined &&
          lines.map(({ name, color }, line) => {
            const value = shown === null ? undefined : data[line + 1]?.[shown];
            return (
              <span key={name} className={classes.entry}>
                <span className={classes.swatch} style={{ background: color }} aria-hidden />
                {name} <b>{value == null ? "–" : figure(value)}</b>
              </span>
            );
          })}
      </figcaption>
    </figure>
  );
}

/** All lines over one row of times. */
function joined(lines: Line[]): uPlot.AlignedData {
  return uPlot.join(lines.map(({ times, values }) => [times, values] as uPlot.AlignedData));
}

/** Where the scale ends: a little above what is shown. */
function top(max: number | null, most: number | undefined): number {
  const above = (max ?? 0) * 1.15 || 1;
  return most === undefined ? above : Math.min(above, most);
}

/** With seconds where minutes would say the same again and again. */
function tick(time: number, { min = 0, max = 0 }: uPlot.Scale = {}): string {
  return clock(time * 1000).slice(0, max - min < 300 ? 8 : 5);
}
