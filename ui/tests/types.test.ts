// The types of the API are those of its document.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import openapiTS, { astToString } from "openapi-typescript";
import { expect, test } from "vitest";

const DOCUMENT = join(import.meta.dirname, "../../haven-server/openapi.json");
const FILE = join(import.meta.dirname, "../src/api/schema.d.ts");
const HEAD = "// Made from haven-server/openapi.json; `HAVEN_BLESS=1` makes it anew, see CONTRIBUTING.md.\n\n";

test("are made from the document that is committed", async () => {
  // What has a default may be left out of an answer.
  const types = await openapiTS(readFileSync(DOCUMENT, "utf8"), { defaultNonNullable: false });
  const made = HEAD + astToString(types);
  if (process.env["HAVEN_BLESS"]) writeFileSync(FILE, made);
  expect(readFileSync(FILE, "utf8") === made, "src/api/schema.d.ts is not what the document says: run with HAVEN_BLESS=1").toBe(true);
});
