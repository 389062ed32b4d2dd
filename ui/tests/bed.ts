// A real server over simulated nodes, and a real browser that looks at its dashboard.

import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { chromium, type Browser, type BrowserContext, type Locator, type Page, type Request } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, vi } from "vitest";

const PASSWORD = "correct horse";
/** How long something that is live may take to show on a busy machine, in milliseconds: less than any question is asked again. */
const LIVE = 12_000;
/** The machine's own networks came or went beneath the browser, as the real test bed's do: the page asks again by itself. */
const NETWORK_CHANGED = /ERR_NETWORK_CHANGED/;
/** How long it did take. */
const took: number[] = [];

interface Options {
  nodes?: number;
  /** `redb`: the server can be stopped, and started again where it was. */
  store?: "memory" | "redb";
  /** Wait until no event comes by itself any more: every container that has a health check was seen to be well. */
  quiet?: boolean;
}

export class Bed {
  private constructor(
    private readonly folder: string,
    private readonly options: Required<Options>,
    public url = "",
    private server?: ChildProcess,
  ) {}

  static async start({ nodes = 3, store = "memory", quiet = false }: Options): Promise<Bed> {
    const bed = new Bed(mkdtempSync(join(tmpdir(), "haven-ui-")), { nodes, store, quiet });
    try {
      await bed.serve("127.0.0.1:0");
      return bed;
    } catch (error) {
      await bed.stop();
      throw error;
    }
  }

  /** Starts the server, and waits until its nodes are furnished. */
  async serve(listen = new URL(this.url).host): Promise<void> {
    const program = process.env["HAVEN_PROGRAM"];
    if (!program) throw new Error("HAVEN_PROGRAM names the program to test; scripts/ui sets it");
    const { nodes, store } = this.options;
    const at = store === "redb" ? `redb:${join(this.folder, "haven.redb")}` : "memory:";
    const options = ["--simulate", String(nodes), "--store", at, "--listen", listen, "--data", this.folder];
    const server = spawn(program, ["serve", ...options, "--no-manage-local", "--log", "error"], {
      env: { PATH: process.env["PATH"], HOME: this.folder, HAVEN_ADMIN_PASSWORD: PASSWORD, HAVEN_NODES_SAMPLE: "1s" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.server = server;
    this.url = await new Promise<string>((found, failed) => {
      server.once("exit", (code) => failed(new Error(`the server ended with ${code}`)));
      server.once("error", failed);
      createInterface({ input: server.stdout }).on("line", (line) => {
        const listens = /listens on (http:\S+)/.exec(line);
        if (listens?.[1]) found(listens[1]);
      });
    });
    await this.isFurnished();
  }

  private async isFurnished(): Promise<void> {
    const { nodes, quiet } = this.options;
    const settled = async () => {
      const known = await this.containers();
      expect(known.filter(({ health }) => !quiet || health !== "starting").length).toBe(4 * nodes);
    };
    await vi.waitFor(settled, { timeout: 40_000, interval: 200 });
    await new Promise((done) => setTimeout(done, 300));
  }

  /** Stops the server, which can be served again. */
  async halt(): Promise<void> {
    const { server } = this;
    if (!server || server.exitCode !== null) return;
    const ended = new Promise((done) => server.once("exit", done));
    server.kill("SIGTERM");
    await ended;
  }

  async stop(): Promise<void> {
    await this.halt();
    rmSync(this.folder, { recursive: true });
  }

  /** Asks the API as somebody else than the page. */
  async ask<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        Authorization: `Basic ${btoa(`admin:${PASSWORD}`)}`,
        ...(body !== undefined && { "Content-Type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  }

  async containers(): Promise<{ node: string; id: string; name: string; state: string; health?: string }[]> {
    return (await this.ask<{ items: never[] }>("GET", "/containers")).items;
  }

  async container(node: string, name: string): Promise<string> {
    const found = (await this.containers()).find((container) => container.node === node && container.name === name);
    if (!found) throw new Error(`no ${name} on ${node}`);
    return found.id;
  }

  /** Makes a container that runs this. */
  async run(node: string, name: string, script: string): Promise<string> {
    const spec = { image: "busybox:1.36", command: ["sh", "-c", script] };
    const { id } = await this.ask<{ id: string }>("POST", `/nodes/${node}/containers`, { name, spec });
    await this.ask("POST", `/nodes/${node}/containers/${id}/start`);
    return id;
  }
}

/** A page, and all that it asked for and complained of. */
export interface Watched {
  page: Page;
  context: BrowserContext;
  requests: Request[];
  /** Complaints that a test expects, which else fail it. */
  expected: RegExp[];
}

/** One server and one browser for the tests of a file; each test opens pages that know nothing of each other. */
export function useBed(options: Options = {}): { bed: () => Bed; open: (path?: string, width?: number) => Promise<Watched> } {
  let bed: Bed | undefined;
  let browser: Browser | undefined;
  const opened: (Watched & { complaints: string[] })[] = [];
  const running = () => {
    if (!bed) throw new Error("the server is not running");
    return bed;
  };

  beforeAll(async () => {
    bed = await Bed.start(options);
    // A profile of its own, empty and in a folder that goes with it.
    browser = await chromium.launch({
      executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
      headless: true,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await bed?.stop();
    if (took.length > 0) {
      const [least, median, most] = [0, 0.5, 1].map((part) => took.sort((a, b) => a - b)[Math.round(part * (took.length - 1))]);
      console.log(`${took.length} changes showed after ${least} to ${most} ms, half of them within ${median} ms`);
    }
  });

  afterEach(async () => {
    for (const { context, complaints, expected, requests } of opened.splice(0)) {
      await context.close();
      const unexpected = complaints.filter((text) => ![NETWORK_CHANGED, ...expected].some((pattern) => pattern.test(text)));
      expect(unexpected, "the console").toEqual([]);
      const hosts = new Set(requests.map((request) => new URL(request.url()).origin));
      expect([...hosts], "who was asked").toEqual([running().url]);
    }
  });

  const open = async (path = "/", width = 1280): Promise<Watched> => {
    if (!browser) throw new Error("the browser is not running");
    const context = await browser.newContext({ viewport: { width, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const watched = { page, context, requests: [] as Request[], expected: [] as RegExp[], complaints: [] as string[] };
    page.on("request", (request) => watched.requests.push(request));
    page.on("pageerror", (error) => watched.complaints.push(String(error)));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) watched.complaints.push(message.text());
    });
    opened.push(watched);
    await page.goto(running().url + path);
    return watched;
  };
  return { bed: running, open };
}

/** Waits until what was just done shows, and looks more often than the browser's driver does. */
export async function shows(what: Locator, state: "visible" | "hidden" = "visible"): Promise<void> {
  const begun = performance.now();
  const seen = async () => expect(await what.isVisible()).toBe(state === "visible");
  await vi.waitFor(seen, { timeout: LIVE, interval: 20 });
  took.push(Math.round(performance.now() - begun));
}

export async function signIn(page: Page, password = PASSWORD): Promise<void> {
  await page.getByLabel("User").fill("admin");
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** The line of a container. */
export function line(page: Page, name: string, node: string) {
  const named = page.getByRole("button", { name, exact: true });
  return page.getByLabel("Containers", { exact: true }).getByRole("row").filter({ has: named, hasText: node });
}
