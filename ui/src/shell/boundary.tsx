// Keeps what breaks in one part of the page from the rest of it. A part that is fetched only when it is needed breaks
// when the server is away then, or has been renewed since.

import { Alert, Button } from "@mantine/core";
import { Component, Suspense, type ReactNode } from "react";

interface BoundaryProps {
  /** What the part is, in a sentence. */
  of: string;
  /** What shows until it is there. */
  waiting?: ReactNode;
  children: ReactNode;
}

export class Boundary extends Component<BoundaryProps, { error?: Error }> {
  override state: { error?: Error } = {};

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { of, waiting, children } = this.props;
    const { error } = this.state;
    if (!error) return <Suspense fallback={waiting}>{children}</Suspense>;
    return (
      <Alert color="red" m="xs" role="alert" title={`${of} cannot be shown`}>
        {error.message}
        <Button variant="subtle" color="red" size="compact-xs" ml="xs" onClick={() => location.reload()}>
          Load the page again
        </Button>
      </Alert>
    );
  }
}
