// The browser's part of `tests/faces/journey.py`: starts containers that are there with the page's buttons, and says when the
// page shows that others run.

import { createInterface } from "node:readline";

import { browse } from "./browser.mjs";

const { browser, url, signIn } = await browse(process.env.FACE_SERVER);
const page = await browser.newPage();
page.setDefaultTimeout(60_000);
await page.goto(url);
await signIn(page);
await page.getByLabel("Containers", { exact: true }).waitFor();
console.log("ready");

for await (const line of createInterface({ input: process.stdin })) {
  const [verb, name] = line.split(" ");
  const named = page.getByRole("button", { name, exact: true });
  const row = page.getByLabel("Containers", { exact: true }).getByRole("row").filter({ has: named });
  if (verb === "start") {
    const answered = page.waitForResponse((response) => response.url().endsWith("/start"));
    await row.getByRole("button", { name: `Start ${name}`, exact: true }).click();
    const response = await answered;
    if (!response.ok()) throw new Error(await response.text());
  }
  while (verb === "see" && !(await row.getByText("running", { exact: true }).isVisible())) {
    await new Promise((done) => setTimeout(done, 20));
  }
  console.log(line);
}
await browser.close();
