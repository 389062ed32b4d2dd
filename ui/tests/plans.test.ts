// Plans on their page: seen as they come, looked at, applied, taken back.

import { mkdirSync } from "node:fs";

import { expect, test } from "vitest";

import { shows, signIn, useBed, type Bed } from "./bed";

const { bed, open } = useBed({ nodes: 2 });

interface Plan {
  id: string;
}

/** Two containers of nginx, which end when they are asked to. */
async function deploy(bed: Bed): Promise<void> {
  for (const node of ["sim-1", "sim-2"]) {
    const spec = { image: "nginx:1.27" };
    const { id } = await bed.ask<{ id: string }>("POST", `/nodes/${node}/containers`, { name: "shop", spec });
    await bed.ask("POST", `/nodes/${node}/containers/${id}/start`);
  }
}

/** A plan to give them another image. */
async function update(bed: Bed, to: string): Promise<string> {
  const rollout = { monitor: 0.2 };
  return (await bed.ask<Plan>("POST", "/plans/update", { selection: { name: ["shop"] }, to, rollout })).id;
}

async function images(bed: Bed): Promise<string[]> {
  const { items } = await bed.ask<{ items: { name: string; image: string }[] }>("GET", "/containers");
  return items.filter(({ name }) => name === "shop").map(({ image }) => image);
}

test("a plan that is made elsewhere shows, and is applied and taken back from the page", async () => {
  const { page } = await open("/plans");
  await signIn(page);
  await page.getByText("There is no plan.").waitFor();
  await deploy(bed());
  const id = await update(bed(), "1.26");
  // Nobody is told of a plan that is only made; the page asks by itself, or when it is opened again.
  await page.reload();
  const row = page.getByRole("row").filter({ has: page.getByRole("button", { name: id.slice(0, 12), exact: true }) });
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
  expect(await images(bed())).toEqual(["nginx:1.27", "nginx:1.27"]);
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

test("what a container said that failed is shown, since its log is gone with it", async () => {
  const { page } = await open();
  await signIn(page);
  const changes = { labels: { "sim.crash-after": "0.1" } };
  const rollout = { monitor: 1 };
  const { id } = await bed().ask<Plan>("POST", "/plans/update", { selection: { name: ["shop"] }, changes, rollout });
  await page.getByRole("link", { name: "Plans" }).click();
  await page.getByRole("button", { name: id.slice(0, 12) }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: "Apply", exact: true }).click();
  await shows(drawer.getByText("paused", { exact: true }));
  await drawer.getByLabel("Last lines of shop").getByText("nginx: ready").waitFor();
  if (process.env["HAVEN_PICTURES"]) await page.screenshot({ path: `${process.env["HAVEN_PICTURES"]}/said.png` });
});
