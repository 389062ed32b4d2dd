// A browser outside the tests: for the journey through all faces, and for figures.

import { chromium } from "playwright-core";

/** Headless Chromium, and a page's way in to the server at `http://USER:PASSWORD@HOST:PORT`. */
export async function browse(address) {
  const server = new URL(address);
  const [user, password] = [server.username, decodeURIComponent(server.password)];
  server.username = server.password = "";
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    headless: true,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  const signIn = async (page) => {
    await page.getByLabel("User").fill(user);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
  };
  return { browser, url: server.href, signIn };
}
