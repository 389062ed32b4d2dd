// One plan: what it does, how far each of its steps has come, and what can be done with it.

import { Drawer } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { planned, type PlanDetail } from "../api/fleet";
import { useLive } from "../api/live";
import { Age } from "../shell/age";
import { Answered } from "../shell/panel";
import table from "../shell/table.module.css";
import { count, short } from "../words";
import { PlanActions } from "./act";
import classes from "./plans.module.css";
import { Standing, StepStanding } from "./state";

/** Of how many containers that failed the last lines are shown. */
const SAID_OF = 5;

interface PlanProps {
  plan: string;
  open: (plan: string | undefined) => void;
}

export function Plan({ plan, open }: PlanProps) {
  const { isReady } = useLive();
  const query = useQuery({ ...planned(plan), enabled: isReady });
  const status = query.data?.status;
  return (
    <Drawer
      opened
      onClose={() => open(undefined)}
      position="right"
      size="min(860px, 100vw)"
      title={
        <span className={classes.title}>
          <b>{`Plan ${short(plan)}`}</b>
          {status && <Standing state={status.state} />}
          {status && <PlanActions plan={status.id} state={status.state} open={open} />}
        </span>
      }
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Answered query={query} lines={8}>
        {(detail) => (
          <>
            <Facts detail={detail} />
            <Diff text={detail.diff} />
            <Steps steps={detail.steps} />
            <Said steps={detail.steps} />
          </>
        )}
      </Answered>
    </Drawer>
  );
}

function Facts({ detail: { plan, status } }: { detail: PlanDetail }) {
  const { order, parallelism, monitor, on_failure } = plan.rollout;
  const atOnce = parallelism === 0 ? "all at once" : `${parallelism ?? 1} at once`;
  return (
    <dl className={classes.facts}>
      <dt>Made</dt>
      <dd>
        by {plan.author}, <Age of={plan.created} /> ago
      </dd>
      {status.applied_by && status.began && (
        <>
          <dt>Applied</dt>
          <dd>
            by {status.applied_by}, <Age of={status.began} /> ago
          </dd>
        </>
      )}
      <dt>How</dt>
      <dd>{`${order}, ${atOnce}, monitored for ${monitor} s; on failure ${on_failure}`}</dd>
      {status.error && (
        <>
          <dt>Because</dt>
          <dd>{status.error.message}</dd>
        </>
      )}
    </dl>
  );
}

/** The text of a plan; what comes, goes and stays is marked by its sign, and by colour. */
function Diff({ text }: { text: string }) {
  return (
    <pre className={classes.diff} role="group" aria-label="What it does" tabIndex={0}>
      {text
        .trimEnd()
        .split("\n")
        .map((line, at) => (
          <div key={at} data-does={/^ {2}([-+~=]) /.exec(line)?.[1]}>
            {line}
          </div>
        ))}
    </pre>
  );
}

function Steps({ steps }: { steps: PlanDetail["steps"] }) {
  if (steps.length === 0) return null;
  return (
    <div className={table.scroll}>
      <table className={table.table} aria-label={count(steps.length, "step")}>
        <thead>
          <tr>
            <th className={table.number}>Step</th>
            <th>Container</th>
            <th>Node</th>
            <th>State</th>
            <th>Why</th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => (
            <tr key={step.index}>
              <td className={table.number}>{step.index}</td>
              <td>{step.name}</td>
              <td>{step.node}</td>
              <td>
                <StepStanding state={step.state} />
              </td>
              <td className={`${table.quiet} ${table.cut}`} title={step.error?.message}>
                {step.error?.message}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The last lines of containers that failed: they are gone, and their logs with them. */
function Said({ steps }: { steps: PlanDetail["steps"] }) {
  return steps
    .filter((step) => step.said)
    .slice(0, SAID_OF)
    .map((step) => (
      <section key={step.index}>
        <h3 className={classes.said}>{`${step.name} on ${step.node} said last`}</h3>
        <pre className={classes.diff} role="group" aria-label={`Last lines of ${step.name}`} tabIndex={0}>
          {step.said}
        </pre>
      </section>
    ));
}
