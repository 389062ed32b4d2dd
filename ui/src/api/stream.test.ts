// Streams over a server of this test, which breaks them in all ways that a network does.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let answers: Answer[];
let asked: string[];
let stream: typeof import("./stream");

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    (answers.shift() ?? hold)(request, response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  // What the modules find in a browser.
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  vi.stubGlobal("location", new URL(origin));
  vi.stubGlobal("addEventListener", () => {});
  vi.stubGlobal("removeEventListener", () => {});
  stream = await import("./stream");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  answers = [];
  asked = [];
});

const hold: Answer = (_, response) => response.writeHead(200, { "Content-Type": "text/event-stream" }).write(":\n\n");
const says = (...chunks: string[]): Answer => (_, response) => {
  response.writeHead(200, { "Content-Type": "text/event-stream" });
  for (const chunk of chunks) response.write(chunk);
};
const thenBreaks = (answer: Answer): Answer => (request, response) => {
  answer(request, response);
  setTimeout(() => response.destroy(), 50);
};
const problem = (status: number, kind: string): Answer => (_, response) =>
  response.writeHead(status, { "Content-Type": "application/problem+json" }).end(JSON.stringify({ kind, detail: "no" }));

/** Follows until it has told so many things. */
async function told(count: number, after?: string): Promise<string[]> {
  const heard: string[] = [];
  const leave = new AbortController();
  const hear = (what: string) => {
    heard.push(what);
    if (heard.length >= count) leave.abort();
  };
  const rest = () => new Promise<void>((done) => setTimeout(done, 5));
  await stream.follow({
    path: "/events",
    signal: leave.signal,
    onItem: hear,
    onGap: () => hear("gap"),
    onLink: (link) => link.is === "cut" && hear(`cut: ${link.why}`),
    rest,
    ...(after !== undefined && { after }),
  });
  return heard;
}

test("goes on after the last cursor, wherever it was cut", async () => {
  answers = [
    thenBreaks(says("id: 1\nda", "ta: a\n\nid: 2\ndata: b\n\nid: 3\ndata: lo")),
    thenBreaks(hold),
    says("id: 3\ndata: c\n\n"),
  ];
  const heard = await told(5, "0");
  expect(heard.filter((what) => !what.startsWith("cut"))).toEqual(["a", "b", "c"]);
  expect(asked).toEqual(["/events?after=0", "/events?after=2", "/events?after=2"]);
});

test("where the server does not know the place any more, it begins anew and says that something may be missing", async () => {
  answers = [problem(409, "conflict"), says("id: 9\ndata: a\n\n")];
  expect(await told(3, "5")).toEqual(["cut: no", "gap", "a"]);
  expect(asked).toEqual(["/events?after=5", "/events"]);
});

test("an error that the stream says itself is told, and the stream is opened again", async () => {
  const error = JSON.stringify({ kind: "unavailable", detail: "the server is stopping" });
  answers = [says(`id: 1\ndata: a\n\nevent: error\ndata: ${error}\n\nid: 2\ndata: never\n\n`), says("id: 2\ndata: b\n\n")];
  expect(await told(3, "0")).toEqual(["a", "cut: the server is stopping", "b"]);
});

test("an item that cannot be read does not hold up those after it for ever", async () => {
  answers = [says("id: 1\ndata: a\n\n"), says("id: 2\ndata: b\n\n")];
  const heard: string[] = [];
  const leave = new AbortController();
  await stream.follow({
    path: "/events",
    after: "0",
    signal: leave.signal,
    onItem(data) {
      heard.push(data);
      if (data === "a") throw new SyntaxError("no JSON");
      leave.abort();
    },
    onGap: () => {},
    onLink: () => {},
    rest: async () => {},
  });
  expect(heard).toEqual(["a", "b"]);
  expect(asked).toEqual(["/events?after=0", "/events?after=1"]);
});

test("a message without end is refused", async () => {
  const flood = `data: ${"x".repeat(1024 * 1024)}`;
  answers = [says(flood, flood, flood, flood, flood)];
  const reading = stream.read("/events", { signal: new AbortController().signal, onMessage: () => {} });
  await expect(reading).rejects.toMatchObject({ kind: "unexpected", message: "a message of the stream is too large" });
});

test("a server that answers no stream is told in its own words, or in ours", async () => {
  const read = () => stream.read("/events", { signal: new AbortController().signal, onMessage: () => {} });
  answers = [problem(403, "denied"), (_, response) => response.writeHead(502).end("<h1>Bad gateway</h1>")];
  await expect(read()).rejects.toMatchObject({ kind: "denied", message: "no" });
  await expect(read()).rejects.toMatchObject({ kind: "unavailable", message: "the server answered 502 Bad Gateway" });
});

test("who is not signed in is not asked again and again", async () => {
  answers = [problem(401, "unauthenticated")];
  expect(await told(1, "0")).toEqual([]);
  expect(asked.length).toBe(1);
});
