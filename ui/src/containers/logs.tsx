// What a container writes, as it comes.

import { Button, Switch, TextInput } from "@mantine/core";
import { memo, useEffect, useLayoutEffect, useRef, useState } from "react";

import { Failure } from "../api/failure";
import type { Output } from "../api/fleet";
import { read } from "../api/stream";
import type { At } from "../pages/scope";
import { Failed, Nothing } from "../shell/panel";
import { Lines, type Line } from "./lines";
import classes from "./logs.module.css";

/** How many lines are asked for from before. */
const TAIL = "500";

type Course = { is: "opening" } | { is: "open" } | { is: "ended" } | { is: "failed"; failure: Failure };

export function Logs({ at: { node, id } }: { at: At }) {
  const [round, setRound] = useState(0);
  const [isTimed, setTimed] = useState(false);
  const [search, setSearch] = useState("");
  const [lines, setLines] = useState<Line[]>([]);
  const [course, setCourse] = useState<Course>({ is: "opening" });

  useEffect(() => {
    const leave = new AbortController();
    const gathered = new Lines();
    let frame = 0;
    const draw = () => {
      frame ||= requestAnimationFrame(() => {
        frame = 0;
        setLines(gathered.all());
      });
    };
    setLines([]);
    setCourse({ is: "opening" });
    const query = new URLSearchParams({ follow: "true", tail: TAIL, timestamps: String(isTimed) });
    const path = `/api/v1/nodes/${encodeURIComponent(node)}/containers/${encodeURIComponent(id)}/logs?${query}`;
    read(path, {
      signal: leave.signal,
      onOpen: () => setCourse({ is: "open" }),
      onMessage({ data }) {
        gathered.add(JSON.parse(data) as Output);
        draw();
      },
    }).then(
      () => setCourse({ is: "ended" }),
      (thrown: unknown) => leave.signal.aborted || setCourse({ is: "failed", failure: Failure.from(thrown) }),
    );
    return () => {
      leave.abort();
      cancelAnimationFrame(frame);
    };
  }, [node, id, isTimed, round]);

  const again = () => setRound(round + 1);
  const wanted = search.toLowerCase();
  const shown = wanted ? lines.filter(({ text }) => text.toLowerCase().includes(wanted)) : lines;
  return (
    <div>
      <div className={classes.controls}>
        <TextInput
          aria-label="Find in logs"
          placeholder="Only lines with…"
          maxLength={200}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Switch size="xs" label="Times" checked={isTimed} onChange={(event) => setTimed(event.currentTarget.checked)} />
        <span className={classes.course} role="status">
          {{ opening: "opening…", open: "following", ended: "ended", failed: "" }[course.is]}
        </span>
        {course.is === "ended" && (
          <Button variant="subtle" size="compact-xs" onClick={again}>
            Read again
          </Button>
        )}
      </div>
      {course.is === "failed" && <Failed failure={course.failure} retry={again} />}
      {shown.length > 0 ? (
        <Screen lines={shown} />
      ) : (
        course.is !== "failed" && <Nothing>{wanted ? "No line has that." : "Nothing was written yet."}</Nothing>
      )}
    </div>
  );
}

/** Keeps to the end while the reader is there. */
function Screen({ lines }: { lines: Line[] }) {
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useLayoutEffect(() => {
    if (box.current && atEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  return (
    <div
      ref={box}
      className={classes.screen}
      tabIndex={0}
      role="log"
      aria-label="Logs"
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        atEnd.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
    >
      {lines.map((line) => (
        <Written key={line.number} channel={line.channel} text={line.text} />
      ))}
    </div>
  );
}

const Written = memo(function Written({ channel, text }: { channel: Line["channel"]; text: string }) {
  return (
    <div className={classes.line} data-channel={channel}>
      {text || " "}
    </div>
  );
});
