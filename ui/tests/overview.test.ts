// The first page: what it shows, what it asks for, and what it looks like when there is trouble.

import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { line, shows, signIn, useBed } from "./bed";

const { bed, open } = useBed({ quiet: true });

test("the whole fleet shows, and no request is made twice or leaves the host, at first and after a reload", async () => {
  const { page, requests } = await open();
  await signIn(page);
  for (const isFirst of [true, false]) {
    await page.getByLabel("Containers running").getByText("9", { exact: true }).waitFor();
    for (const name of ["sim-1", "sim-2", "sim-3"]) {
      const row = page.getByLabel("Nodes", { exact: true }).getByRole("row").filter({ hasText: name });
      await row.getByText("online").waitFor();
    }
    expect(await page.getByLabel("Containers", { exact: true }).getByRole("row").count()).toBe(1 + 12);
    await page.getByLabel("Clusters", { exact: true }).getByRole("row", { name: /orphans/ }).waitFor();
    await page.getByLabel("Top containers").getByText("sim-").first().waitFor();
    await page.getByLabel("Course").getByRole("img").waitFor();
    await page.getByText("live", { exact: true }).waitFor();
    await page.waitForTimeout(2_000);

    const asked = requests.map((request) => `${request.method()} ${request.url().slice(bed().url.length)}`);
    expect(asked.filter((what, at) => asked.indexOf(what) !== at), "asked twice").toEqual([]);
    expect(asked.filter((what) => what.includes("/events/stream")).length).toBe(1);
    const answers = await Promise.all(requests.map((request) => request.response()));
    expect(new Set(answers.map((answer) => answer?.status()))).toEqual(new Set([200]));
    if (isFirst) await tell(page, requests.length);
    requests.splice(0);
    await page.reload();
  }
});

/** What the first page costs. */
async function tell(page: Page, requests: number): Promise<void> {
  const { files, wire, ready } = await page.evaluate(() => {
    const entries = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    const [document] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
    const own = entries.filter(({ name }) => name.includes("/assets/"));
    return {
      files: own.reduce((sum, { decodedBodySize }) => sum + decodedBodySize, 0),
      wire: own.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
      ready: document?.domContentLoadedEventEnd ?? 0,
    };
  });
  const [raw, compressed] = [files, wire].map((bytes) => Math.round(bytes / 1000));
  console.log(`first page: ${requests} requests, files of ${raw} kB, ${compressed} kB over the wire, its script ran after ${Math.round(ready)} ms`);
}

test("files are compressed and kept for good, the page itself is not", async () => {
  const page = await fetch(bed().url);
  expect(page.headers.get("cache-control")).toBe("no-store");
  expect(page.headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'");
  const html = await page.text();
  const files = [...html.matchAll(/"(\/assets\/[^"]+)"/g)].map(([, path]) => path as string);
  expect(files.some((path) => path.endsWith(".js")) && files.some((path) => path.endsWith(".css"))).toBe(true);
  for (const path of files) {
    for (const encoding of ["br", "gzip", "identity"]) {
      const file = await fetch(bed().url + path, { headers: { "Accept-Encoding": encoding } });
      expect(file.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      const isSmall = path.endsWith(".svg");
      expect(file.headers.get("content-encoding"), path).toBe(encoding === "identity" || isSmall ? null : encoding);
      expect(file.headers.get("content-type"), path).toMatch(/javascript|css|svg/);
      expect((await file.arrayBuffer()).byteLength, path).toBeGreaterThan(100);
    }
  }
});

test("an address that nothing has is answered in kind", async () => {
  const ask = (path: string, accept: string) => fetch(bed().url + path, { headers: { Accept: accept } });
  const browsing = "text/html,application/xhtml+xml,*/*;q=0.8";
  for (const path of ["/assets/nothing.js", "/assets/", "/assets/../index.html.br/x", "/assets/.gitignore"]) {
    const found = await ask(path, browsing);
    const isPage = !new URL(found.url).pathname.startsWith("/assets");
    if (!isPage) expect([found.status, found.headers.get("content-type")], path).toEqual([404, "application/problem+json"]);
  }
  const api = await ask("/api/v1/nothing", browsing);
  expect([api.status, api.headers.get("content-type")]).toEqual([401, "application/problem+json"]);
  const machine = await ask("/nothing", "*/*");
  expect([machine.status, machine.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
  const { page } = await open("/nothing/here");
  await signIn(page);
  await page.getByText("There is nothing at").waitFor();
  await page.getByRole("link", { name: "To the overview" }).click();
  await page.getByLabel("Containers running").waitFor();
});

test("clusters and nodes that come and change show as they do", async () => {
  const { page } = await open();
  await signIn(page);
  const clusters = page.getByLabel("Clusters", { exact: true });
  await clusters.getByRole("row", { name: /all/ }).waitFor();
  await bed().ask("POST", "/clusters", { name: "shop", description: "what customers see" });
  await shows(clusters.getByRole("row", { name: /shop what customers see/ }));
  await bed().ask("PUT", "/clusters/shop/nodes/sim-1");
  await shows(clusters.getByRole("row", { name: /shop .* 1 \/ 1/ }));

  await clusters.getByRole("button", { name: "shop" }).click();
  const containers = page.getByLabel("Containers", { exact: true });
  await expect.poll(() => containers.getByRole("row").count()).toBe(1 + 4);
  await expect.poll(() => page.getByLabel("Nodes", { exact: true }).getByRole("row").count()).toBe(1 + 1);
  await page.reload();
  await expect.poll(() => containers.getByRole("row").count()).toBe(1 + 4);
  await containers.getByRole("button", { name: "Clear" }).click();
  await expect.poll(() => containers.getByRole("row").count()).toBe(1 + 12);
});

test("containers are found by node, state and text, and not found in words", async () => {
  const { page } = await open();
  await signIn(page);
  const containers = page.getByLabel("Containers", { exact: true });
  const rows = () => containers.getByRole("row").count();
  await expect.poll(rows).toBe(1 + 12);
  await containers.getByLabel("Text").fill("tier=WORKER");
  await expect.poll(rows).toBe(1 + 3);
  await containers.getByRole("combobox", { name: "node" }).click();
  await page.getByRole("option", { name: "sim-2" }).click();
  await expect.poll(rows).toBe(1 + 1);
  await containers.getByLabel("Text").fill("no such thing");
  await containers.getByText("No container is like that.").waitFor();
  await containers.getByRole("button", { name: "Show all" }).click();
  await containers.getByRole("combobox", { name: "state" }).click();
  await page.getByRole("option", { name: "exited" }).click();
  await expect.poll(rows).toBe(1 + 3);
  await containers.getByRole("button", { name: "Clear" }).click();
  await containers.getByRole("button", { name: "Name" }).click();
  await expect.poll(() => containers.getByRole("row").nth(1).textContent()).toMatch(/^db/);
});

test("a warning shows as it comes", async () => {
  const { page } = await open();
  await signIn(page);
  await page.getByText("Nothing to worry about.").waitFor();
  const id = await bed().run("sim-1", "doomed", "exit 3");
  const warning = page.getByLabel("Recent warnings").getByText("container doomed: die with exit code 3");
  await shows(warning);
  await shows(page.getByLabel("Warnings in 24 h").getByText("1", { exact: true }));
  await page.getByLabel("Recent warnings").getByRole("button", { name: "sim-1" }).click();
  await page.getByRole("dialog").getByText("doomed").first().waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await bed().ask("DELETE", `/nodes/sim-1/containers/${id}?force=true`);
  await shows(line(page, "doomed", "sim-1"), "hidden");
});

test("nothing is wider than a narrow screen, in both themes", async () => {
  const { page } = await open("/", 390);
  await signIn(page);
  await page.getByRole("row", { name: /worker/ }).first().waitFor();
  for (const colors of ["Light colours", "Dark colours"]) {
    await page.getByRole("button", { name: /olours/ }).click();
    await page.getByRole("button", { name: colors }).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  }
  const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.reload();
  await page.getByRole("row", { name: /worker/ }).first().waitFor();
  expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(ground);
});
