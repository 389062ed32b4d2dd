// What stands around every page: the name, the way to other pages, whether the page is live, who is signed in.

import { ActionIcon, Alert, Anchor, Button, Menu, Tooltip, useMantineColorScheme } from "@mantine/core";
import { IconDeviceDesktop, IconExternalLink, IconLogout, IconMoon, IconSun, IconUser } from "@tabler/icons-react";
import { useEffect, useState, type ReactNode } from "react";
import { Link as To } from "wouter";

import { serverNow } from "../api/clock";
import { useLive } from "../api/live";
import { signOut } from "../pages/sign-in";
import { clock } from "../words";
import { Brand } from "./brand";
import classes from "./shell.module.css";

/** How long a cut lasts before it is announced: a server that restarts is back sooner. */
const ANNOUNCE = 2_000;

const PAGES = [
  { href: "/", words: "Overview" },
  { href: "/plans", words: "Plans" },
];

export function Shell({ user, children }: { user: string; children: ReactNode }) {
  return (
    <>
      <header className={classes.header}>
        <To href="/" className={classes.brand}>
          <Brand size={22} />
          Haven
        </To>
        <nav className={classes.nav} aria-label="Pages">
          {PAGES.map(({ href, words }) => (
            <To
              key={href}
              href={href}
              className={(isHere) => (isHere ? `${classes.page} ${classes.here}` : (classes.page ?? ""))}
            >
              {words}
            </To>
          ))}
          <Anchor href="/reference/" target="_blank" className={classes.page} underline="never" c="inherit">
            API <IconExternalLink size={12} />
          </Anchor>
        </nav>
        <LiveMark />
        <Theme />
        <Account user={user} />
      </header>
      <main className={classes.main}>
        <CutNotice />
        {children}
      </main>
    </>
  );
}

function LiveMark() {
  const { link } = useLive();
  const [words, explained] = {
    live: ["live", "Changes show as they happen."],
    connecting: ["connecting", "The stream of events is being opened."],
    cut: ["not live", "The stream of events is cut; it is being opened again."],
  }[link.is] as [string, string];
  return (
    <Tooltip label={explained}>
      <span className={classes.live} data-is={link.is} role="status">
        <span className={classes.dot} />
        <span>{words}</span>
      </span>
    </Tooltip>
  );
}

function CutNotice() {
  const { link } = useLive();
  const since = link.is === "cut" ? link.since : 0;
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    setLong(false);
    if (!since) return;
    const timer = setTimeout(() => setLong(true), since + ANNOUNCE - serverNow());
    return () => clearTimeout(timer);
  }, [since]);
  if (link.is !== "cut" || !isLong) return null;
  return (
    <Alert color="orange" role="alert" mb="sm" title="Not live">
      What is shown was true at {clock(since)}: {link.why}. Trying again.
    </Alert>
  );
}

function Theme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const [next, words, icon] = {
    auto: ["light", "Colours as the system has them", <IconDeviceDesktop size={17} />],
    light: ["dark", "Light colours", <IconSun size={17} />],
    dark: ["auto", "Dark colours", <IconMoon size={17} />],
  }[colorScheme] as ["light" | "dark" | "auto", string, ReactNode];
  return (
    <Tooltip label={words}>
      <ActionIcon variant="subtle" color="gray" aria-label={words} onClick={() => setColorScheme(next)}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

function Account({ user }: { user: string }) {
  return (
    <Menu>
      <Menu.Target>
        <Button variant="subtle" color="gray" px="xs" aria-label={`Signed in as ${user}`}>
          <IconUser size={17} />
          <span className={classes.name}>{user}</span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Signed in as {user}</Menu.Label>
        <Menu.Item leftSection={<IconLogout size={15} />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
