// How soon the page is there: `node tests/start.mjs http://admin:PASSWORD@HOST:PORT`, in a browser that never saw it.

import { browse } from "./browser.mjs";

const ROUNDS = 11;
const { browser, url, signIn } = await browse(process.argv[2]);
const [form, fleet] = [[], []];
for (let round = 0; round < ROUNDS; round++) {
  const context = await browser.newContext();
  const page = await context.newPage();
  let begun = performance.now();
  await page.goto(url);
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  form.push(performance.now() - begun);
  begun = performance.now();
  await signIn(page);
  await page.getByLabel("Containers", { exact: true }).getByRole("row").nth(1).waitFor();
  fleet.push(performance.now() - begun);
  await context.close();
}
await browser.close();

const told = (times) => {
  const [least, median, most] = [0, 0.5, 1].map((part) => times.sort((a, b) => a - b)[Math.round(part * (times.length - 1))]);
  return `${median.toFixed(0)} ms (${least.toFixed(0)}–${most.toFixed(0)})`;
};
console.log(`the dashboard: there to sign in after ${told(form)}, with the fleet's containers ${told(fleet)} after that`);
