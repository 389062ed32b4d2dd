// How long ago something was, by the server's clock, always up to date.

import { useEffect, useState } from "react";

import { serverNow } from "../api/clock";
import { moment, span } from "../words";

/** The server's time, again every second. */
export function useNow(): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

export function Age({ of }: { of: string | number }) {
  const now = useNow();
  return (
    <time dateTime={new Date(of).toISOString()} title={moment(of)}>
      {span(now - new Date(of).getTime())}
    </time>
  );
}
