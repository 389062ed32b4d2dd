// An address that no page has.

import { Anchor, Text, Title } from "@mantine/core";
import { Link, useLocation } from "wouter";

export function NotFound() {
  const [at] = useLocation();
  return (
    <>
      <Title order={1} size="h3" mt="xl">
        No such page
      </Title>
      <Text mt="xs">
        There is nothing at <code>{at}</code>. <Anchor component={Link} href="/">To the overview</Anchor>
      </Text>
    </>
  );
}
