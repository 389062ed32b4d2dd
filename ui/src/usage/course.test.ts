import { expect, test } from "vitest";

import { appended, course, rates } from "./course";

const sample = (second: number, received = 0) => ({
  time: `2026-01-01T00:00:${String(second).padStart(2, "0")}Z`,
  source: "agent" as const,
  net: { eth0: { bytesIn: received, bytesOut: 0 } },
});

test("a sample is taken once, and the oldest make room", () => {
  const known = [sample(1)];
  expect(appended(known, sample(1))).toBe(known);
  expect(appended([sample(2)], sample(1)).length).toBe(1);
  let many: ReturnType<typeof appended> = known;
  for (let at = 2; at < 1000; at++) many = appended(many, { ...sample(0), time: new Date(at * 1e6 + 2e12).toISOString() });
  expect(many.length).toBe(240);
});

test("a counter that begins anew gives no rate, neither a negative one nor a huge one", () => {
  expect(rates([0, 10, 20, 30], [100, 200, 50, 150])).toEqual([null, 10, null, 10]);
  expect(course([sample(0, 1000), sample(10, 2000)], "network").values).toEqual([null, 100]);
});
