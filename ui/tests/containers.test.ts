// Working with containers from the page.

import { expect, test } from "vitest";

import { line, shows, signIn, useBed } from "./bed";

const { bed, open } = useBed({ nodes: 2 });

test("what is done elsewhere shows while somebody looks", async () => {
  const { page } = await open();
  await signIn(page);
  await line(page, "db", "sim-2").waitFor();
  const id = await bed().run("sim-2", "made-elsewhere", "sleep 1000");
  await shows(line(page, "made-elsewhere", "sim-2").getByText("running", { exact: true }));
  await bed().ask("POST", `/nodes/sim-2/containers/${id}/pause`);
  await shows(line(page, "made-elsewhere", "sim-2").getByText("paused", { exact: true }));
  await bed().ask("DELETE", `/nodes/sim-2/containers/${id}?force=true`);
  await shows(line(page, "made-elsewhere", "sim-2"), "hidden");
});

test("a burst of events costs few requests, and none the same at the same time", async () => {
  const { page, requests } = await open();
  await signIn(page);
  await line(page, "db", "sim-1").waitFor();
  const flying = new Set<string>();
  const twice: string[] = [];
  page.on("request", (request) => {
    if (flying.has(request.url())) twice.push(request.url());
    flying.add(request.url());
  });
  page.on("requestfinished", (request) => flying.delete(request.url()));
  page.on("requestfailed", (request) => flying.delete(request.url()));
  const before = requests.length;
  const names = Array.from({ length: 20 }, (_, at) => `burst-${at}`);
  const ids = await Promise.all(names.map((name) => bed().run("sim-1", name, "sleep 1000")));
  await line(page, "burst-19", "sim-1").getByText("running", { exact: true }).waitFor();
  const lists = requests.slice(before).filter((request) => request.url().includes("/api/v1/containers"));
  // Twenty containers are some eighty events.
  expect(lists.length).toBeLessThan(12);
  expect(twice).toEqual([]);
  await Promise.all(ids.map((id) => bed().ask("DELETE", `/nodes/sim-1/containers/${id}?force=true`)));
  await line(page, "burst-19", "sim-1").waitFor({ state: "hidden" });
});

test("a container is stopped, started and restarted, and the outcome is told", async () => {
  const { page } = await open();
  await signIn(page);
  const web = line(page, "web", "sim-1");
  const state = async () => (await bed().containers()).find(({ node, name }) => node === "sim-1" && name === "web")?.state;
  await web.getByRole("button", { name: "Stop web", exact: true }).click();
  // Its shell is deaf to the signal, and is killed in the end.
  await web.getByRole("status", { name: "web is being worked on" }).waitFor();
  await page.getByText("It is stopped.").waitFor();
  await shows(web.getByText("exited", { exact: true }));
  expect(await state()).toBe("exited");
  expect(await web.getByRole("button", { name: "Stop web", exact: true }).isDisabled()).toBe(true);
  await web.getByRole("button", { name: "Start web", exact: true }).click();
  await page.getByText("It is started.").waitFor();
  await shows(web.getByText("running", { exact: true }));
  expect(await state()).toBe("running");
  await web.getByRole("button", { name: "Restart web", exact: true }).click();
  await page.getByText("It is restarted.").waitFor();
});

test("an open menu stays its container's while others come above it", async () => {
  const { page } = await open("/", 390);
  await signIn(page);
  const id = await bed().run("sim-1", "m-chosen", "sleep 1000");
  await line(page, "m-chosen", "sim-1").getByRole("button", { name: "Actions of m-chosen" }).click();
  await page.getByRole("menuitem", { name: "Stop" }).waitFor();
  const above = await bed().run("sim-1", "a-new", "sleep 1000");
  await line(page, "a-new", "sim-1").waitFor();
  await page.getByRole("menuitem", { name: "Stop" }).click();
  await page.getByText("m-chosen on sim-1").waitFor();
  await page.getByText("It is stopped.").waitFor();
  const states = (await bed().containers()).filter((one) => [id, above].includes(one.id)).map(({ name, state }) => `${name} ${state}`);
  expect(states.sort()).toEqual(["a-new running", "m-chosen exited"]);
  for (const one of [id, above]) await bed().ask("DELETE", `/nodes/sim-1/containers/${one}?force=true`);
});

test("what fails says why", async () => {
  const { page, expected } = await open();
  expected.push(/status of 404/);
  await signIn(page);
  const id = await bed().run("sim-1", "fleeting", "sleep 1000");
  const fleeting = line(page, "fleeting", "sim-1");
  await fleeting.getByText("running", { exact: true }).waitFor();
  // The page is kept from hearing that the container is gone.
  let hears = () => {};
  const heard = new Promise<void>((done) => (hears = done));
  await page.route(/\/api\/v1\/containers\?/, (route) => heard.then(() => route.continue()));
  await bed().ask("DELETE", `/nodes/sim-1/containers/${id}?force=true`);
  await fleeting.getByRole("button", { name: "Stop fleeting", exact: true }).click();
  const told = page.getByRole("alert").filter({ hasText: "fleeting on sim-1: stop failed" });
  await told.waitFor();
  expect(await told.textContent()).toMatch(/no container|not found|is not there|there is no/i);
  hears();
  await fleeting.waitFor({ state: "hidden" });
});

test("a container's details, logs and use can be looked at", async () => {
  const { page } = await open();
  await signIn(page);
  await line(page, "web", "sim-2").getByRole("button", { name: "web", exact: true }).click();
  const drawer = page.getByRole("dialog");
  await drawer.getByText(await bed().container("sim-2", "web")).waitFor();
  await drawer.getByText("PATH=***").waitFor();
  await drawer.getByRole("tab", { name: "Logs" }).click();
  await drawer.getByRole("log").getByText("GET / 200").first().waitFor();
  const before = await drawer.getByRole("log").getByText("GET / 200").count();
  await expect.poll(() => drawer.getByRole("log").getByText("GET / 200").count(), { timeout: 30_000 }).toBeGreaterThan(before);
  await drawer.getByLabel("Find in logs").fill("nothing like it");
  await drawer.getByText("No line has that.").waitFor();
  await drawer.getByRole("tab", { name: "Usage" }).click();
  await drawer.getByText("CPU, of a core").waitFor();
  await drawer.getByRole("img", { name: "CPU" }).waitFor();
  await page.reload();
  await page.getByRole("dialog").getByText("on sim-2").waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
});

test("of a container that has ended the logs are there, and errors stand out", async () => {
  const { page } = await open();
  await signIn(page);
  const id = await bed().run("sim-2", "spoke", "echo fine; echo broken >&2; exit 1");
  await line(page, "spoke", "sim-2").getByRole("button", { name: "spoke", exact: true }).click();
  await page.getByRole("tab", { name: "Logs" }).click();
  await page.getByRole("log").getByText("fine").waitFor();
  expect(await page.getByRole("log").getByText("broken").getAttribute("data-channel")).toBe("stderr");
  await page.getByText("ended", { exact: true }).waitFor();
  await bed().ask("DELETE", `/nodes/sim-2/containers/${id}?force=true`);
});
