// The table of containers. Of many only those in sight are drawn: lines have one height.

import { VisuallyHidden } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { IconChevronDown, IconChevronUp } from "@tabler/icons-react";
import { useLayoutEffect, useMemo, useRef, useState } from "react";

import type { Container } from "../api/fleet";
import { useOpened } from "../pages/scope";
import shared from "../shell/table.module.css";
import { Actions } from "./actions";
import { sorted, type By } from "./order";
import { State } from "./state";
import classes from "./table.module.css";

interface TableProps {
  containers: Container[];
  /** Nodes that are out of contact. */
  gone: Set<string>;
}

export function ContainerTable({ containers, gone }: TableProps) {
  const [order, setOrder] = useState<{ by: By; isDown: boolean }>({ by: "node", isDown: false });
  const lines = useMemo(() => sorted(containers, order.by, order.isDown), [containers, order]);
  const isNarrow = useMediaQuery("(max-width: 640px)", undefined, { getInitialValueInEffect: false });
  const height = isNarrow ? 52 : 34;
  const place = useRef<HTMLTableSectionElement>(null);
  const [above, setAbove] = useState(0);
  useLayoutEffect(() => {
    const top = place.current ? place.current.getBoundingClientRect().top + window.scrollY : 0;
    setAbove((known) => (Math.abs(known - top) < 1 ? known : top));
  });
  const sight = useWindowVirtualizer({
    count: lines.length,
    estimateSize: () => height,
    overscan: 12,
    // A line stays its container's while others come and go above it: its menu may be open.
    getItemKey: (index) => {
      const { node, id } = lines[index] as Container;
      return `${node}/${id}`;
    },
    scrollMargin: above,
  });
  const items = sight.getVirtualItems();
  const before = (items[0]?.start ?? above) - above;
  const after = sight.getTotalSize() - ((items.at(-1)?.end ?? above) - above);

  const head = (by: By, words: string, className = "") => (
    <th className={className} aria-sort={order.by === by ? (order.isDown ? "descending" : "ascending") : "none"}>
      <button
        type="button"
        className={classes.head}
        onClick={() => setOrder({ by, isDown: order.by === by && !order.isDown })}
      >
        {words}
        {order.by === by && (order.isDown ? <IconChevronDown size={12} /> : <IconChevronUp size={12} />)}
      </button>
    </th>
  );

  return (
    <table className={`${shared.table} ${classes.table}`} aria-rowcount={lines.length + 1}>
      <thead>
        <tr aria-rowindex={1}>
          {head("name", "Name", classes.name)}
          {head("state", "State", classes.state)}
          {head("node", "Node", `${shared.wide} ${classes.node}`)}
          {head("image", "Image", `${shared.wide} ${classes.image}`)}
          <th className={`${shared.widest} ${classes.ports}`}>Ports</th>
          {head("created", "Status", `${shared.wide} ${classes.status}`)}
          <th className={classes.actions}>
            <VisuallyHidden>Actions</VisuallyHidden>
          </th>
        </tr>
      </thead>
      <tbody ref={place}>
        {before > 0 && <Space height={before} />}
        {items.map(({ key, index }) => {
          const container = lines[index];
          return container && <Line key={key} at={index + 2} container={container} isGone={gone.has(container.node)} height={height} />;
        })}
        {after > 0 && <Space height={after} />}
      </tbody>
    </table>
  );
}

function Space({ height }: { height: number }) {
  return (
    <tr aria-hidden className={classes.space}>
      <td style={{ height }} />
    </tr>
  );
}

interface LineProps {
  container: Container;
  /** Where it stands in the table, the head being the first. */
  at: number;
  isGone: boolean;
  height: number;
}

function Line({ container, at, isGone, height }: LineProps) {
  const [, open] = useOpened();
  const { node, id, name, image, state, health, status, ports = [] } = container;
  return (
    <tr data-stale={isGone || undefined} aria-rowindex={at} style={{ height }}>
      <td className={classes.name} title={name}>
        <button type="button" className={`${shared.name} ${classes.open}`} onClick={() => open({ node, id })}>
          {name || id.slice(0, 12)}
        </button>
        <div className={classes.below}>
          {image} · {node}
        </div>
      </td>
      <td className={classes.state}>
        <State state={state} health={health} isGone={isGone} />
      </td>
      <td className={`${shared.wide} ${classes.node}`} title={node}>
        {node}
      </td>
      <td className={`${shared.wide} ${classes.image} ${shared.quiet}`} title={image}>
        {image}
      </td>
      <td className={`${shared.widest} ${classes.ports} ${shared.quiet}`} title={inWords(ports)}>
        {inWords(ports)}
      </td>
      <td className={`${shared.wide} ${classes.status} ${shared.quiet}`} title={status}>
        {status}
      </td>
      <td className={classes.actions}>
        <Actions at={{ node, id }} name={name} state={state} isGone={isGone} />
      </td>
    </tr>
  );
}

/** `80 → 8080, 443/udp` */
export function inWords(ports: NonNullable<Container["ports"]>): string {
  const words = ports.map(({ container, host, protocol }) => {
    const inside = protocol && protocol !== "tcp" ? `${container}/${protocol}` : String(container);
    return host ? `${host} → ${inside}` : inside;
  });
  return [...new Set(words)].join(", ");
}
