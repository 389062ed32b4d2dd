// How long ago something was, by the server's clock, always up to date.

import { useSyncExternalStore } from "react";

import { serverNow } from "../api/clock";
import { moment, span } from "../words";

/** One clock for all that is shown. */
let now = serverNow();
let timer: ReturnType<typeof setInterval> | undefined;
const listeners = new Set<() => void>();

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = serverNow();
    for (const listener of listeners) listener();
  }, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Since a time of RFC 3339, or milliseconds since 1970. */
export function Age({ of }: { of: string | number }) {
  const since = new Date(of).getTime();
  const shown = useSyncExternalStore(subscribe, () => (Number.isNaN(since) ? "?" : span(now - since)));
  return <time title={moment(of)}>{shown}</time>;
}
