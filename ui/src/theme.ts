// How the component library is used here: small, quiet, the same everywhere.

import { Alert, Button, createTheme, Drawer, Menu, Paper, SegmentedControl, Select, Tabs, TextInput, Tooltip } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "blue",
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    // What is to be noticed is not to be shouted.
    Alert: Alert.extend({
      defaultProps: { p: "xs" },
      vars: (_, { color }) => ({
        root: {
          "--alert-bg": tinted(color, 12),
          "--alert-bd": `1px solid ${tinted(color, 45)}`,
          "--alert-color": `var(--mantine-color-${color}-filled)`,
        },
      }),
    }),
    Button: Button.extend({ defaultProps: { size: "xs" } }),
    // The page below is held by `styles.css`: the library would write a style element for it.
    Drawer: Drawer.extend({ defaultProps: { lockScroll: false } }),
    Menu: Menu.extend({ defaultProps: { shadow: "md", position: "bottom-end" } }),
    Paper: Paper.extend({ defaultProps: { withBorder: true } }),
    SegmentedControl: SegmentedControl.extend({ defaultProps: { size: "xs" } }),
    Select: Select.extend({ defaultProps: { size: "xs" } }),
    Tabs: Tabs.extend({ defaultProps: { keepMounted: false } }),
    TextInput: TextInput.extend({ defaultProps: { size: "xs" } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: true, multiline: true, maw: 420, events: { hover: true, focus: true, touch: true } } }),
  },
});

function tinted(color: string | undefined, percent: number): string {
  return `color-mix(in srgb, var(--mantine-color-${color}-6) ${percent}%, var(--haven-panel))`;
}
