// Signing in and out, and what ends a session.

import { expect, test } from "vitest";

import { signIn, useBed } from "./bed";

const { bed, open } = useBed({ nodes: 1 });
const overview = "Containers running";

test("a wrong password is told, and the right one opens the page that was wanted", async () => {
  const { page, expected } = await open("/?state=exited");
  expected.push(/status of 401/);
  await signIn(page, "wrong");
  await expect.poll(() => page.getByRole("alert").textContent()).toBe("User and password do not fit together.");
  await signIn(page);
  await page.getByLabel(overview).waitFor();
  expect(new URL(page.url()).search).toBe("?state=exited");
  await page.getByRole("row", { name: /migrate/ }).waitFor();
});

test("a reload keeps the session, another tab has none, signing out ends it on the server", async () => {
  const { page, context } = await open();
  await signIn(page);
  await page.getByLabel(overview).waitFor();
  await page.reload();
  await page.getByLabel(overview).waitFor();
  const token = await page.evaluate(() => JSON.parse(sessionStorage.getItem("haven.session") ?? "{}").token as string);
  expect(await context.cookies()).toEqual([]);
  expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(token);

  const other = await context.newPage();
  await other.goto(bed().url);
  await other.getByRole("button", { name: "Sign in" }).waitFor();
  await other.close();

  const who = () => fetch(`${bed().url}/api/v1/sessions/current`, { headers: { Authorization: `Bearer ${token}` } });
  expect((await who()).status).toBe(200);
  await page.getByRole("button", { name: "Signed in as admin" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByText("You are signed out.").waitFor();
  expect((await who()).status).toBe(401);
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
});

test("a session that the server does not know any more leads back to signing in, and then to the same place", async () => {
  const { page, expected } = await open("/?text=web");
  expected.push(/status of 401/);
  await signIn(page);
  await page.getByLabel(overview).waitFor();
  const token = await page.evaluate(() => JSON.parse(sessionStorage.getItem("haven.session") ?? "{}").token as string);
  await bed().ask("POST", "/sessions/end", { token });
  // The stream still tells of what happens; what it makes the page ask is refused.
  await bed().ask("POST", `/nodes/sim-1/containers/${await bed().container("sim-1", "web")}/pause`);
  await page.getByText("The session has ended. Sign in again.").waitFor();
  await signIn(page);
  await page.getByRole("row", { name: /web/ }).waitFor();
  expect(new URL(page.url()).search).toBe("?text=web");
});

test("a session whose time is over ends by itself", async () => {
  const { page } = await open();
  await signIn(page);
  await page.getByLabel(overview).waitFor();
  await page.evaluate(() => {
    const kept = JSON.parse(sessionStorage.getItem("haven.session") ?? "{}") as object;
    const expires = new Date(Date.now() + 1500).toISOString();
    sessionStorage.setItem("haven.session", JSON.stringify({ ...kept, expires }));
  });
  await page.reload();
  await page.getByText("The session has ended. Sign in again.").waitFor();
});

test("a machine whose clock is a month ahead stays signed in", async () => {
  const { page } = await open();
  await page.addInitScript(() => {
    const now = Date.now;
    Date.now = () => now() + 30 * 24 * 3600 * 1000;
  });
  await page.reload();
  await signIn(page);
  await page.getByLabel(overview).waitFor();
  await page.reload();
  await page.getByLabel(overview).waitFor();
  // Longer than it takes to learn the server's time.
  await page.waitForTimeout(2500);
  expect(await page.getByLabel(overview).isVisible()).toBe(true);
});

// The last: whoever comes after it from here has to wait, too.
test("after too many attempts it says when to come back", async () => {
  const { page, expected } = await open();
  expected.push(/status of 4(01|29)/);
  await expect
    .poll(
      async () => {
        await signIn(page, "wrong again");
        await page.getByRole("button", { name: "Sign in" }).and(page.locator(":not([data-loading])")).waitFor();
        return page.getByRole("alert").textContent();
      },
      { timeout: 60_000 },
    )
    .toMatch(/Try again in \d+ s\./);
});
