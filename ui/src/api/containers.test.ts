import { expect, test } from "vitest";

import { isUnsettled, joined, renewed, type Containers } from "./containers";

function list(items: string[], rest: Partial<Containers> = {}): Containers {
  const containers = items.map((item) => {
    const [node = "", name = ""] = item.split("/");
    return { node, name, id: name, image: "", image_id: "", command: "", created: "", state: "running" as const, status: "" };
  });
  return { items: containers, missing: [], as_of: "2026-01-01T00:00:05Z", stale: false, ...rest };
}

const names = ({ items }: Containers) => items.map(({ node, name }) => `${node}/${name}`);
const gap = (node: string) => ({ node, error: { kind: "unavailable" as const, message: "gone" } });

test("one node's part takes the place of what was known of it, in order", () => {
  const known = list(["a/1", "b/1", "b/2", "c/1"]);
  expect(names(renewed(known, "b", list(["b/2", "b/3"])))).toEqual(["a/1", "b/2", "b/3", "c/1"]);
  expect(names(renewed(known, "b", list([])))).toEqual(["a/1", "c/1"]);
  expect(names(renewed(known, "bb", list(["bb/1"])))).toEqual(["a/1", "b/1", "b/2", "bb/1", "c/1"]);
  expect(names(renewed(known, "d", list(["d/1"])))).toEqual(["a/1", "b/1", "b/2", "c/1", "d/1"]);
  expect(names(renewed(list([]), "a", list(["a/1"])))).toEqual(["a/1"]);
});

test("who is missing stays so until its own part says otherwise", () => {
  const known = list(["a/1", "b/1"], { missing: [gap("a"), gap("b")], stale: true });
  const after = renewed(known, "b", list(["b/1"]));
  expect(after.missing).toEqual([gap("a")]);
  expect(after.stale).toBe(true);
  const whole = renewed(after, "a", list(["a/1"]));
  expect([whole.missing, whole.stale]).toEqual([[], false]);
});

test("a list is as old as its oldest part, and pages make one", () => {
  const older = { as_of: "2026-01-01T00:00:01.5Z" };
  expect(renewed(list(["a/1"]), "a", list(["a/1"], older)).as_of).toBe(older.as_of);
  const both = joined(list(["a/1"], { stale: true, next: "x" }), list(["b/1"], older));
  expect([names(both), both.as_of, both.stale, both.next]).toEqual([["a/1", "b/1"], older.as_of, true, undefined]);
});

test("stale without anybody missing will settle", () => {
  expect(isUnsettled(list([], { stale: true }))).toBe(true);
  expect(isUnsettled(list([], { stale: true, missing: [gap("a")] }))).toBe(false);
  expect(isUnsettled(list([]))).toBe(false);
});
