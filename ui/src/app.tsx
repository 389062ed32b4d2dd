// The dashboard: what all pages share, and which page is shown at which address.

import "./styles.css";

import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, useEffect } from "react";
import { Route, Switch } from "wouter";

import { queries } from "./api/fleet";
import { LiveProvider } from "./api/live";
import { useSession } from "./api/session";
import { NotFound } from "./pages/not-found";
import { Overview } from "./pages/overview";
import { SignIn } from "./pages/sign-in";
import { Boundary } from "./shell/boundary";
import { Shell } from "./shell/shell";
import { theme } from "./theme";

const Plans = lazy(() => import("./plans/plans"));

export function App() {
  // Style elements made at run time are refused by the page's policy: variables and classes are in `styles.css`.
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <QueryClientProvider client={queries}>
        <Notifications position="bottom-right" limit={4} />
        <Boundary of="The dashboard">
          <Pages />
        </Boundary>
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** The address stays while somebody signs in: the page that was wanted follows. */
function Pages() {
  const session = useSession();
  const token = session?.token;
  // What one user saw is not for the next.
  useEffect(() => {
    if (!token) queries.clear();
  }, [token]);
  if (!session) return <SignIn />;
  return (
    <LiveProvider key={token}>
      <Shell user={session.user}>
        <Switch>
          <Route path="/" component={Overview} />
          <Route path="/plans">
            <Boundary of="The page of plans">
              <Plans />
            </Boundary>
          </Route>
          <Route component={NotFound} />
        </Switch>
      </Shell>
    </LiveProvider>
  );
}
