// A fleet without a node.

import { test } from "vitest";

import { signIn, useBed } from "./bed";

const { bed, open } = useBed({ nodes: 1 });

test("where there is nothing, the page says so and how to begin", async () => {
  await bed().ask("DELETE", "/nodes/sim-1");
  const { page } = await open();
  await signIn(page);
  await page.getByText("There is no node yet. Register one").waitFor();
  await page.getByText("There is no container yet.").waitFor();
  await page.getByLabel("Containers running").getByText("0", { exact: true }).waitFor();
});
