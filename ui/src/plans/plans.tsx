// The plans: what shall happen to many containers, what happened, and what is going on.

import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "wouter";

import { plans } from "../api/fleet";
import { useLive } from "../api/live";
import { Age } from "../shell/age";
import { Bar } from "../shell/bar";
import { Boundary } from "../shell/boundary";
import { Answered, Panel } from "../shell/panel";
import table from "../shell/table.module.css";
import { short } from "../words";
import { Plan } from "./plan";
import { Standing } from "./state";

const NONE = "There is no plan. `haven update`, `scale`, `deploy`, `drain` and `prune` make some.";

export default function Plans() {
  const { isReady } = useLive();
  const query = useQuery({ ...plans, enabled: isReady });
  const [search, setSearch] = useSearchParams();
  const opened = search.get("plan");
  const open = (plan: string | undefined) => setSearch(plan ? { plan } : {});
  return (
    <Panel title="Plans" count={query.data?.length || undefined}>
      <Answered query={query} lines={4} empty={{ is: (all) => all.length === 0, say: NONE }}>
        {(all) => (
          <div className={table.scroll}>
            <table className={table.table}>
              <thead>
                <tr>
                  <th>Plan</th>
                  <th>State</th>
                  <th>Done</th>
                  <th>What</th>
                  <th className={table.wide}>By</th>
                  <th className={table.number}>Made</th>
                </tr>
              </thead>
              <tbody>
                {all.map((plan) => (
                  <tr key={plan.id} data-chosen={plan.id === opened || undefined}>
                    <td>
                      <button type="button" className={table.name} onClick={() => open(plan.id)}>
                        {short(plan.id)}
                      </button>
                    </td>
                    <td>
                      <Standing state={plan.state} />
                    </td>
                    <td>
                      <Bar part={plan.steps.total > 0 ? plan.steps.done / plan.steps.total : undefined} color="var(--haven-good)">
                        {`${plan.steps.done}/${plan.steps.total}`}
                      </Bar>
                    </td>
                    <td className={table.cut} title={plan.summary}>
                      {plan.summary}
                    </td>
                    <td className={`${table.wide} ${table.quiet}`}>{plan.author}</td>
                    <td className={table.number}>
                      <Age of={plan.created} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Answered>
      {opened && (
        <Boundary of="The plan">
          <Plan key={opened} plan={opened} open={open} />
        </Boundary>
      )}
    </Panel>
  );
}
