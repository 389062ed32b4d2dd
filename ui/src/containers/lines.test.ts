import { expect, test } from "vitest";

import { Lines } from "./lines";

const texts = (lines: Lines) => lines.all().map(({ text }) => text);

test("pieces that end anywhere make whole lines, each channel its own", () => {
  const lines = new Lines();
  lines.add({ channel: "stdout", text: "one\ntw" });
  lines.add({ channel: "stderr", text: "oh" });
  expect(texts(lines)).toEqual(["one", "tw", "oh"]);
  lines.add({ channel: "stdout", text: "o\r\n" });
  lines.add({ channel: "stderr", text: " no\n" });
  expect(texts(lines)).toEqual(["one", "two", "oh no"]);
  expect(lines.all().map(({ channel }) => channel)).toEqual(["stdout", "stdout", "stderr"]);
});

test("colours and movements of a terminal are left out", () => {
  const lines = new Lines();
  lines.add({ channel: "stdout", text: "\x1b[1;31mred\x1b[0m \x1b]0;title\x07plain\x1b[2K\n" });
  expect(texts(lines)).toEqual(["red plain"]);
});

test("what is no text is shown as far as it is", () => {
  const lines = new Lines();
  lines.add({ channel: "stdout", base64: btoa("ok \xff\n") });
  expect(texts(lines)).toEqual(["ok \ufffd"]);
});

test("a character that is cut between two pieces is one", () => {
  const bytes = (...codes: number[]) => btoa(String.fromCharCode(...codes));
  const lines = new Lines();
  lines.add({ channel: "stdout", base64: bytes(0x61, 0xe2) });
  lines.add({ channel: "stderr", text: "between\n" });
  lines.add({ channel: "stdout", base64: bytes(0x82, 0xac, 10) });
  lines.add({ channel: "stdout", text: "ä\n" });
  expect(texts(lines)).toEqual(["between", "a€", "ä"]);
});

test("a program that writes without end is bounded", () => {
  const lines = new Lines();
  for (let at = 0; at < 5000; at++) lines.add({ channel: "stdout", text: `${at}\n` });
  expect(lines.all().length).toBe(2000);
  expect(texts(lines).at(-1)).toBe("4999");
  const endless = new Lines();
  for (let at = 0; at < 5000; at++) endless.add({ channel: "stdout", text: "x".repeat(5000) });
  const longest = Math.max(...texts(endless).map((text) => text.length));
  expect(endless.all().length).toBeLessThanOrEqual(2001);
  expect(longest).toBeLessThan(10_000);
});
