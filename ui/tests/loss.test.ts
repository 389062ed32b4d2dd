// What is lost is said: an engine, the server itself.

import { expect, test } from "vitest";

import { line, shows, signIn, useBed } from "./bed";

const { bed, open } = useBed({ nodes: 2, store: "redb" });

test("an engine that is lost shows as unknown, with its containers as last seen", async () => {
  const { page } = await open();
  await signIn(page);
  const nodes = page.getByLabel("Nodes", { exact: true });
  const row = nodes.getByRole("row").filter({ hasText: "sim-2" });
  await row.getByText("online").waitFor();
  await line(page, "db", "sim-2").getByText("running").waitFor();
  // Nothing answers there.
  await bed().ask("PATCH", "/nodes/sim-2", { address: "tcp://127.0.0.1:9" });
  await shows(row.getByText("unknown"));
  await shows(page.getByLabel("Recent warnings").getByText("node sim-2: no contact"));
  const containers = page.getByLabel("Containers", { exact: true });
  await shows(containers.getByText("sim-2 is out of contact"));
  await containers.getByText("4 containers, as last seen at").waitFor();
  await containers.getByText("partly stale").waitFor();
  await line(page, "db", "sim-2").getByText("running?").waitFor();
  expect(await line(page, "db", "sim-2").getByRole("button", { name: "Stop db" }).isDisabled()).toBe(true);
  expect(await line(page, "db", "sim-1").getByRole("button", { name: "Stop db" }).isDisabled()).toBe(false);
  await page.getByLabel("Nodes online").getByText("1 unknown").waitFor();
  const marks = await nodes.locator("[data-tone]").evaluateAll((all) => all.map((mark) => mark.getAttribute("data-tone")));
  expect(marks).toEqual(["hollow", "good"]);

  await bed().ask("PATCH", "/nodes/sim-2", { address: "sim:" });
  await row.getByText("online").waitFor();
  await expect.poll(() => containers.getByText("is out of contact").count()).toBe(0);
});

test("a server that is away is said to be, and the page goes on when it is back, in the same session", async () => {
  const { page, expected, requests } = await open();
  expected.push(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_CONNECTION_RESET/);
  await signIn(page);
  await page.getByText("live", { exact: true }).waitFor();
  await line(page, "db", "sim-1").waitFor();
  await page.getByLabel("Course").getByRole("img").waitFor();
  await bed().halt();
  await page.getByText("not live", { exact: true }).waitFor();
  await page.getByText(/What is shown was true at .*the server cannot be reached/).waitFor();
  await line(page, "db", "sim-1").waitFor();
  await bed().serve();
  await page.getByText("live", { exact: true }).waitFor();
  await bed().run("sim-1", "made-after", "sleep 1000");
  await shows(line(page, "made-after", "sim-1").getByText("running"));
  const streams = requests.filter((request) => request.url().includes("/events/stream"));
  expect(streams.length).toBeGreaterThan(1);
  expect(streams.every((request) => new URL(request.url()).searchParams.has("after"))).toBe(true);
});

test("a part of the page that cannot be fetched leaves the rest as it is", async () => {
  const { page, expected } = await open();
  expected.push(/ERR_FAILED/, /Failed to fetch dynamically imported module|Unable to preload CSS/);
  await page.route(/assets\/drawer/, (route) => route.abort());
  await signIn(page);
  await line(page, "db", "sim-1").getByRole("button", { name: "db", exact: true }).click();
  await page.getByRole("alert").filter({ hasText: "The container cannot be shown" }).waitFor();
  await line(page, "db", "sim-1").getByText("running").waitFor();
  await page.unroute(/assets\/drawer/);
  await page.getByRole("button", { name: "Load the page again" }).click();
  await page.getByRole("dialog").getByText("on sim-1").waitFor();
});

test("a list that fails says why and can be asked for again", async () => {
  const { page, expected } = await open();
  expected.push(/status of 503/);
  let isAway = true;
  await page.route(/\/api\/v1\/containers\?/, (route) =>
    isAway ? route.fulfill({ status: 503, contentType: "text/html", body: "<h1>Bad gateway</h1>" }) : route.continue(),
  );
  await signIn(page);
  const containers = page.getByLabel("Containers", { exact: true });
  await containers.getByText("the server answered 503").waitFor();
  isAway = false;
  await containers.getByRole("button", { name: "Try again" }).click();
  await line(page, "db", "sim-1").waitFor();
});
