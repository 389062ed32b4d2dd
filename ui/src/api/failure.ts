// What went wrong, as the API says it: a kind that tells what can be done, and words for people.

import type { components } from "./schema";

type Problem = components["schemas"]["Problem"];
export type Kind = Problem["kind"];

export class Failure extends Error {
  constructor(
    readonly kind: Kind,
    message: string,
    /** Seconds after which trying again makes sense. */
    readonly retryAfter?: number,
    /** Finds the request in the server's log. */
    readonly request?: string,
  ) {
    super(message);
    this.name = "Failure";
  }

  /** Of an answer that is an error, whatever its body is: a proxy may have written it. */
  static of(response: Response, body: unknown): Failure {
    const problem = body as Partial<Problem> | null | undefined;
    if (typeof problem?.kind === "string" && typeof problem.detail === "string") {
      const where = (problem.context ?? []).map(([what, which]) => `${what} ${which}`).join(", ");
      const text = where ? `${problem.detail} (${where})` : problem.detail;
      return new Failure(problem.kind, text, problem.retry_after, problem.request_id);
    }
    return new Failure(kindOf(response.status), `the server answered ${response.status} ${response.statusText}`.trim());
  }

  /** Of whatever was thrown: `fetch` throws when the server cannot be reached, or when time is over. */
  static from(thrown: unknown): Failure {
    if (thrown instanceof Failure) return thrown;
    if (thrown instanceof DOMException && thrown.name === "TimeoutError") {
      return new Failure("timeout", "the server gave no answer in time");
    }
    if (thrown instanceof TypeError) return new Failure("unavailable", "the server cannot be reached");
    return new Failure("unexpected", thrown instanceof Error ? thrown.message : String(thrown));
  }
}

function kindOf(status: number): Kind {
  if (status === 401) return "unauthenticated";
  if (status === 403) return "denied";
  if (status === 404) return "not_found";
  if (status === 429) return "busy";
  if (status === 504) return "timeout";
  return status === 502 || status === 503 ? "unavailable" : "unexpected";
}
