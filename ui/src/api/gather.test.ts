import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Gatherer, type Dirty } from "./gather";

const nothing = (): Dirty => ({ nodes: new Set(), lists: new Set() });
let rounds: string[];

beforeEach(() => {
  vi.useFakeTimers();
  rounds = [];
});
afterEach(() => vi.useRealTimers());

/** A round takes so long, and leaves that unsettled. */
function gatherer(takes = 0, unsettled: () => Dirty = nothing) {
  return new Gatherer(async ({ nodes, lists }) => {
    rounds.push([...nodes, ...lists].join(" "));
    await new Promise((done) => setTimeout(done, takes));
    return unsettled();
  });
}

test("a burst is one round, and what never rests does not put it off", async () => {
  const gathering = gatherer();
  for (let at = 0; at < 30; at++) {
    gathering.touch({ nodes: [`n${at % 3}`] });
    await vi.advanceTimersByTimeAsync(10);
  }
  expect(rounds).toEqual(["n0 n1 n2"]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(rounds.length).toBe(2);
});

test("what is said while a round runs is read in the next, which waits for it", async () => {
  const gathering = gatherer(2000);
  gathering.touch({ nodes: ["a"] });
  await vi.advanceTimersByTimeAsync(500);
  gathering.touch({ nodes: ["a"], lists: ["nodes"] });
  // A round that took long is followed by a rest that is longer.
  await vi.advanceTimersByTimeAsync(5000);
  expect(rounds).toEqual(["a"]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(rounds).toEqual(["a", "a nodes"]);
});

test("what is not settled is asked for again, ever more seldom, and not for ever", async () => {
  const gathering = gatherer(0, () => ({ nodes: new Set(["a"]), lists: new Set() }));
  gathering.touch({ nodes: ["a"] });
  await vi.advanceTimersByTimeAsync(2000);
  const soon = rounds.length;
  expect(soon).toBeGreaterThan(2);
  await vi.advanceTimersByTimeAsync(60_000);
  const later = rounds.length;
  expect(later).toBeGreaterThan(soon);
  await vi.advanceTimersByTimeAsync(600_000);
  expect(rounds.length).toBe(later);
});

test("something new comes before the wait for what is not settled is over", async () => {
  let isSettled = false;
  const gathering = gatherer(0, () => (isSettled ? nothing() : { nodes: new Set(["a"]), lists: new Set() }));
  gathering.touch({ nodes: ["a"] });
  await vi.advanceTimersByTimeAsync(8000);
  isSettled = true;
  const before = rounds.length;
  gathering.touch({ nodes: ["b"] });
  await vi.advanceTimersByTimeAsync(600);
  expect(rounds.slice(before)).toEqual(["a b"]);
});

test("after a stop nothing is asked any more", async () => {
  const gathering = gatherer();
  gathering.touch({ nodes: ["a"] });
  gathering.stop();
  await vi.advanceTimersByTimeAsync(5000);
  expect(rounds).toEqual([]);
});
