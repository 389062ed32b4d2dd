// The course of a node's figures over time.

import type { NodeMetrics, TopBy } from "../api/fleet";
import { bytes, percent } from "../words";

/** How many samples are kept of a node: as many as the server keeps by default. */
const MOST = 240;

/** The samples with a newer one after them; as they are where it is not newer. */
export function appended(known: NodeMetrics[], sample: NodeMetrics): NodeMetrics[] {
  const last = known.at(-1);
  if (last && Date.parse(last.time) >= Date.parse(sample.time)) return known;
  return [...known, sample].slice(-MOST);
}

/** Bytes over all interfaces since they came up. */
export function network(metrics: NodeMetrics): number {
  return Object.values(metrics.net ?? {}).reduce((sum, { bytesIn = 0, bytesOut = 0 }) => sum + bytesIn + bytesOut, 0);
}

/** Times in seconds, and values: bytes over the network as a rate, which no value is known of at first. */
export function course(samples: NodeMetrics[], by: TopBy): { times: number[]; values: (number | null)[] } {
  const times = samples.map((sample) => Date.parse(sample.time) / 1000);
  if (by === "cpu") return { times, values: samples.map((sample) => sample.cpu_percent ?? null) };
  if (by === "memory") return { times, values: samples.map((sample) => sample.memory_used ?? null) };
  const totals = samples.map(network);
  return { times, values: rates(times, totals) };
}

/** How fast a total grows. Where it shrinks it began anew, and nothing is known. */
export function rates(times: number[], totals: number[]): (number | null)[] {
  return totals.map((total, at) => {
    const [before, since] = [totals[at - 1], times[at - 1]];
    if (before === undefined || since === undefined || total < before) return null;
    return (total - before) / Math.max((times[at] ?? since) - since, 0.001);
  });
}

export function figure(value: number, by: TopBy): string {
  if (by === "cpu") return percent(value);
  return by === "memory" ? bytes(value) : `${bytes(value)}/s`;
}
