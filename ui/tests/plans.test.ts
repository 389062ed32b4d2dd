// Plans on their page: seen as they come, looked at, applied, taken back.

import { mkdirSync } from "node:fs";

import { expect, test } from "vitest";

import { shows, signIn, useBed, type Bed } from "./bed";

const { bed, open } = useBed({ nodes: 2 });

interface Plan {
  id: string;
}

/** A plan to give the web containers of both nodes another image. */
async function update(bed: Bed, to: string, more: object = {}): Promise<string> {
  const rollout = { order: "stop-first", monitor: 0.2, ...more };
  return (await bed.ask<Plan>("POST", "/plans/update", { selection: { image: ["nginx"] }, to, rollout })).id;
}

async function images(bed: Bed): Promise<string[]> {
  const { items } = await bed.ask<{ items: { name: string; image: string }[] }>("GET", "/containers");
  return items.filter(({ name }) => name === "web").map(({ image }) => image);
}

test("a plan that is made elsewhere shows, and is applied and taken back from the page", async () => {
  const { page } = await open("/plans");
  await signIn(page);
  await page.getByText("There is no plan.").waitFor();
  const before = await images(bed());
  const id = await update(bed(), "1.26");
  // Nobody is told of a plan that is only made; the page asks by itself, or when it is opened again.
  await page.reload();
  const row = page.getByRole("row").filter({ hasText: id.slice(0, 12) });
  await row.getByText("planned", { exact: true }).waitFor();
  await row.getByText("0/2").waitFor();
  await row.getByRole("button", { name: id.slice(0, 12) }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText("image: nginx:1.27 -> nginx:1.26").first().waitFor();
  await drawer.getByRole("button", { name: "Apply", exact: true }).click();
  await shows(drawer.getByText("applied", { exact: true }));
  expect(await drawer.getByRole("table").getByText("done", { exact: true }).count()).toBe(2);
  expect(await images(bed())).toEqual(["nginx:1.26", "nginx:1.26"]);
  if (process.env["HAVEN_PICTURES"]) {
    mkdirSync(process.env["HAVEN_PICTURES"], { recursive: true });
    await page.screenshot({ path: `${process.env["HAVEN_PICTURES"]}/plan.png` });
  }

  await drawer.getByRole("button", { name: "Roll back…" }).click();
  await drawer.getByText("roll back", { exact: false }).first().waitFor();
  await drawer.getByRole("button", { name: "Apply", exact: true }).click();
  await shows(drawer.getByText("applied", { exact: true }));
  expect(await images(bed())).toEqual(before);
  await page.keyboard.press("Escape");
  await shows(row.getByText("2/2"));
  if (process.env["HAVEN_PICTURES"]) await page.screenshot({ path: `${process.env["HAVEN_PICTURES"]}/plans.png` });
});

test("a plan that failed says why, and is taken back", async () => {
  const { page } = await open();
  await signIn(page);
  const id = await update(bed(), "none-such");
  await page.getByRole("link", { name: "Plans" }).click();
  await page.getByRole("button", { name: id.slice(0, 12) }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: "Apply", exact: true }).click();
  await shows(drawer.getByText("paused", { exact: true }));
  await drawer.getByText("no image `nginx:none-such`").first().waitFor();
  await drawer.getByRole("button", { name: "Take back" }).click();
  await shows(drawer.getByText("rolled back", { exact: true }));
  expect(await drawer.getByRole("button", { name: "Apply", exact: true }).count()).toBe(0);
});
