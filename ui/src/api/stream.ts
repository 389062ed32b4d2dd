// Server-sent events over `fetch`, which unlike `EventSource` can sign its requests.
//
// `read` is one connection. `follow` goes on over as many as it takes: each resumes after the last cursor, with growing
// pauses between attempts. A connection that says nothing for a while is gone: the server shows every 15 s that it is there.

import { createParser, type EventSourceMessage } from "eventsource-parser";

import { headers } from "./client";
import { observe, serverNow } from "./clock";
import { Failure } from "./failure";
import { expire, session } from "./session";

/** How long a connection may be silent, in milliseconds. */
const SILENCE = 40_000;
/** The largest message, in characters. */
const LARGEST = 4 * 1024 * 1024;
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;

export interface Reading {
  signal: AbortSignal;
  onOpen?: () => void;
  onMessage: (message: EventSourceMessage) => void;
}

/** Reads one stream until the server ends it; throws a `Failure` when it breaks or when the server says one. */
export async function read(path: string, { signal, onOpen, onMessage }: Reading): Promise<void> {
  const silent = new AbortController();
  let timer = setTimeout(() => silent.abort(), SILENCE);
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silent.abort(), SILENCE);
  };
  try {
    const signed = session();
    const response = await fetch(new URL(path, location.origin), {
      headers: { ...headers(), Accept: "text/event-stream" },
      signal: AbortSignal.any([signal, silent.signal]),
      cache: "no-store",
    });
    observe(response);
    if (!response.ok || !response.body) {
      if (response.status === 401 && signed === session()) expire();
      throw Failure.of(response, await response.json().catch(() => undefined));
    }
    onOpen?.();
    let broken: Failure | undefined;
    const parser = createParser({
      maxBufferSize: LARGEST,
      onEvent(message) {
        if (message.event === "error") broken = said(message.data, response);
        else if (!broken) onMessage(message);
      },
      onError(error) {
        if (error.type === "max-buffer-size-exceeded") broken = new Failure("unexpected", "a message of the stream is too large");
      },
    });
    const text = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await text.read();
      if (done) return;
      heard();
      parser.feed(value);
      if (broken) throw broken;
    }
  } catch (thrown) {
    if (silent.signal.aborted && !signal.aborted) throw new Failure("timeout", "the stream fell silent");
    throw signal.aborted ? thrown : Failure.from(thrown);
  } finally {
    clearTimeout(timer);
    silent.abort();
  }
}

function said(data: string, response: Response): Failure {
  try {
    return Failure.of(response, JSON.parse(data));
  } catch {
    return new Failure("unexpected", "the stream ended with an error that cannot be read");
  }
}

export type Link = { is: "connecting" } | { is: "live" } | { is: "cut"; since: number; why: string };

export interface Following {
  /** The address of the stream, without `after`. */
  path: string;
  /** The cursor to begin after; none: with the next item. */
  after?: string;
  signal: AbortSignal;
  onItem: (data: string) => void;
  onLink: (link: Link) => void;
  /** The stream begins with what happens next: what was before is not told. */
  onGap: () => void;
  /** Waits for so many milliseconds, or until there is reason to hope. */
  rest?: (pause: number, signal: AbortSignal) => Promise<void>;
}

/** Follows a stream until the signal, or until nobody is signed in. */
export async function follow({ path, after, signal, onItem, onLink, onGap, rest = pauseFor }: Following): Promise<void> {
  let [cursor, pause, since] = [after, FIRST_PAUSE, 0];
  onLink({ is: "connecting" });
  while (!signal.aborted) {
    try {
      const at = cursor === undefined ? path : `${path}?${new URLSearchParams({ after: cursor })}`;
      const isBlind = cursor === undefined;
      await read(at, {
        signal,
        onOpen() {
          since = 0;
          onLink({ is: "live" });
          if (isBlind) onGap();
        },
        onMessage(message) {
          // What is cut at once, again and again, is asked for more and more rarely.
          pause = FIRST_PAUSE;
          cursor = message.id || cursor;
          if (message.data) onItem(message.data);
        },
      });
      throw new Failure("unavailable", "the server ended the stream");
    } catch (thrown) {
      if (signal.aborted) return;
      const failure = Failure.from(thrown);
      if (failure.kind === "unauthenticated") return;
      // The place is not known any more: the store was put back to an earlier state, or is another one.
      if (["invalid", "conflict", "not_found"].includes(failure.kind)) cursor = undefined;
      since ||= serverNow();
      onLink({ is: "cut", since, why: failure.message });
      await rest(pause + Math.random() * 250, signal);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
  }
}

/** A pause that ends early when the browser finds a network again. */
function pauseFor(pause: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, pause);
    addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}
