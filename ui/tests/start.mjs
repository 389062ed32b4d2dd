// How soon the page is there: `node tests/start.mjs http://admin:PASSWORD@HOST:PORT`, in a browser that never saw it.

import { chromium } from "playwright-core";

const ROUNDS = 11;
const server = new URL(process.argv[2]);
const [user, password] = [server.username, decodeURIComponent(server.password)];
server.username = server.password = "";

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});
const [signIn, fleet] = [[], []];
for (let round = 0; round < ROUNDS; round++) {
  const context = await browser.newContext();
  const page = await context.newPage();
  let begun = performance.now();
  await page.goto(server.href);
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  signIn.push(performance.now() - begun);
  await page.getByLabel("User").fill(user);
  await page.getByLabel("Password", { exact: true }).fill(password);
  begun = performance.now();
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByLabel("Containers", { exact: true }).getByRole("row").nth(1).waitFor();
  fleet.push(performance.now() - begun);
  await context.close();
}
await browser.close();

const told = (times) => {
  const [least, median, most] = [0, 0.5, 1].map((part) => times.sort((a, b) => a - b)[Math.round(part * (times.length - 1))]);
  return `${median.toFixed(0)} ms (${least.toFixed(0)}–${most.toFixed(0)})`;
};
console.log(`the dashboard: there to sign in after ${told(signIn)}, with the fleet's containers ${told(fleet)} after that`);
