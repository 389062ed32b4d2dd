// Who is signed in, in this tab.
//
// The token is kept in the tab's own storage: a reload keeps the session, another site cannot read it, and it is gone
// with the tab. It travels in the `Authorization` of requests to this server and in nothing else.

import { useSyncExternalStore } from "react";

import { knowsServer, serverNow } from "./clock";

export interface Session {
  user: string;
  token: string;
  /** When it ends, RFC 3339. */
  expires: string;
}

const KEY = "haven.session";
/** The longest that a timer can be set for. */
const LONGEST = 2 ** 31 - 1;
/** How long is waited for a first answer, which says what time it is there, in milliseconds. */
const SOON = 1_000;

let current = read();
let notice: string | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();
watchExpiry();

function read(): Session | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Partial<Session> | null;
    const isWhole = [kept?.user, kept?.token, kept?.expires].every((text) => typeof text === "string" && text !== "");
    return isWhole ? (kept as Session) : undefined;
  } catch {
    return undefined;
  }
}

function change(session: Session | undefined, why?: string): void {
  current = session;
  notice = why;
  try {
    if (session) sessionStorage.setItem(KEY, JSON.stringify(session));
    else sessionStorage.removeItem(KEY);
  } catch {
    // Without storage the session lasts until the page is left.
  }
  watchExpiry();
  for (const listener of listeners) listener();
}

function watchExpiry(): void {
  clearTimeout(timer);
  if (!current) return;
  const left = knowsServer() ? Date.parse(current.expires) - serverNow() : SOON;
  if (left <= 0) return expire();
  timer = setTimeout(watchExpiry, Math.min(left, LONGEST));
}

export function session(): Session | undefined {
  return current;
}

export function begin(session: Session): void {
  change(session);
}

/** Ends the session here, and says why on the page that follows. */
export function end(why?: string): void {
  if (current) change(undefined, why);
}

/** The server does not know the session any more, or its time is over by the server's clock. */
export function expire(): void {
  end("The session has ended. Sign in again.");
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSession(): Session | undefined {
  return useSyncExternalStore(subscribe, session);
}

/** Why there is no session any more, where that is to be told. */
export function lastNotice(): string | undefined {
  return notice;
}
