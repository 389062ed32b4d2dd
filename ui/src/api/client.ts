// The one client of the API: typed by its document, signed by the session, failing with a `Failure`.

import createClient, { type Middleware } from "openapi-fetch";
import type { Readable } from "openapi-typescript-helpers";

import { observe } from "./clock";
import { Failure } from "./failure";
import type { operations, paths } from "./schema";
import { expire, session } from "./session";

/** How long an answer may take. A container may take its time to stop. */
const PATIENCE = 60_000;

/** What every request of the dashboard says of itself. */
export function headers(): Record<string, string> {
  const signed = session();
  return { "X-Haven-Face": "dashboard", ...(signed && { Authorization: `Bearer ${signed.token}` }) };
}

const edge: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(headers())) request.headers.set(name, value);
    return new Request(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(PATIENCE)]) });
  },
  onResponse({ request, response }) {
    observe(response);
    const shown = request.headers.get("Authorization");
    // An answer to a session that is over already says nothing of the one that is there now.
    if (response.status === 401 && shown && shown === headers().Authorization) expire();
  },
  onError({ error }) {
    const isOurs = error instanceof DOMException && error.name === "AbortError";
    return isOurs ? error : Failure.from(error);
  },
};

// No origin of its own: a page that was opened with a user and a password in its address may not fetch relative to that.
export const client = createClient<paths>({ baseUrl: location.origin });
client.use(edge);

/** What an operation answers, by its name. */
export type Answer<Name extends keyof operations> = operations[Name] extends {
  responses: { 200: { content: { "application/json": infer Body } } };
}
  ? Readable<Body>
  : never;

type Answered<T> = { data?: T; error?: unknown; response: Response };

/** The data of an answer, or its failure. */
export async function answer<T>(asked: Promise<Answered<T>>): Promise<T> {
  const { data, error, response } = await asked;
  if (!response.ok) throw Failure.of(response, error);
  return data as T;
}
