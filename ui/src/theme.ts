// How the component library is used here: small, quiet, the same everywhere.

import { Alert, Badge, Button, createTheme, Drawer, Menu, Paper, SegmentedControl, Select, Tabs, TextInput, Tooltip } from "@mantine/core";

export const theme = createTheme({
  primaryColor: "blue",
  defaultRadius: "sm",
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Alert: Alert.extend({ defaultProps: { variant: "light", p: "xs" } }),
    Badge: Badge.extend({ defaultProps: { variant: "light", size: "sm", radius: "sm", tt: "none", fw: 500 } }),
    Button: Button.extend({ defaultProps: { size: "xs" } }),
    // The page below is held by `styles.css`: the library would write a style element for it.
    Drawer: Drawer.extend({ defaultProps: { lockScroll: false } }),
    Menu: Menu.extend({ defaultProps: { shadow: "md", position: "bottom-end" } }),
    Paper: Paper.extend({ defaultProps: { withBorder: true } }),
    SegmentedControl: SegmentedControl.extend({ defaultProps: { size: "xs" } }),
    Select: Select.extend({ defaultProps: { size: "xs" } }),
    Tabs: Tabs.extend({ defaultProps: { keepMounted: false } }),
    TextInput: TextInput.extend({ defaultProps: { size: "xs" } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: true, multiline: true, maw: 420 } }),
  },
});
