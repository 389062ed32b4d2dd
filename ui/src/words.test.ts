import { expect, test } from "vitest";

import { bytes, percent, short, span } from "./words";

test("bytes change their unit before they have five digits", () => {
  expect([0, 1023, 1024, 1536, 102_399, 1024 ** 2 - 1, 8 * 1024 ** 3].map(bytes)).toEqual([
    "0 B", "1023 B", "1.0 KiB", "1.5 KiB", "100 KiB", "1.0 MiB", "8.0 GiB",
  ]);
});

test("percent are exact where they are few", () => {
  expect([0, 0.04, 9.94, 9.96, 100].map(percent)).toEqual(["0 %", "0.0 %", "9.9 %", "10 %", "100 %"]);
});

test("spans are rough, and never negative where clocks differ", () => {
  expect([-5000, 0, 59_400, 60_000, 3_599_000, 3_600_000, 47 * 3_600_000, 48 * 3_600_000].map(span)).toEqual([
    "0 s", "0 s", "59 s", "1 min", "59 min", "1 h", "47 h", "2 d",
  ]);
});

test("an id is known by its beginning", () => {
  expect(short("sha256:0123456789abcdef")).toBe("0123456789ab");
});
