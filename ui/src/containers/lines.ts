// Lines of what a program writes, gathered from pieces that end anywhere, and bounded.

import type { Output } from "../api/fleet";

export interface Line {
  number: number;
  channel: Output["channel"];
  text: string;
}

/** How many lines are kept, and how long one may be. */
const MOST = 2_000;
const LONGEST = 8_000;
// Colours and movements of a terminal.
const ESCAPES = /\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])/g;

export class Lines {
  private readonly kept: Line[] = [];
  private readonly open: Partial<Record<Output["channel"], string>> = {};
  private readonly decoders: Partial<Record<Output["channel"], TextDecoder>> = {};
  private next = 0;

  add({ channel, text, base64 }: Output): void {
    const said = (this.open[channel] ?? "") + this.decoded(channel, text, base64);
    const parts = said.split("\n");
    const rest = parts.pop() ?? "";
    for (const part of parts) this.push(channel, part);
    // A program that never ends its line is not waited for.
    const isLong = rest.length > LONGEST;
    if (isLong) this.push(channel, rest);
    this.open[channel] = isLong ? "" : rest;
  }

  /** The lines now, those that have not ended yet included. */
  all(): Line[] {
    const open = Object.entries(this.open).filter(([, text]) => text);
    const ends = open.map(([channel, text], at) => ({ number: this.next + at, channel: channel as Output["channel"], text: clean(text) }));
    return [...this.kept, ...ends];
  }

  /** A character may be cut in two, and its second half may begin a piece that is told as text otherwise. */
  private decoded(channel: Output["channel"], text?: string | null, base64?: string | null): string {
    const decoder = (this.decoders[channel] ??= new TextDecoder());
    const bytes = base64 ? Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)) : undefined;
    return decoder.decode(bytes ?? new TextEncoder().encode(text ?? ""), { stream: true });
  }

  private push(channel: Output["channel"], text: string): void {
    this.kept.push({ number: this.next++, channel, text: clean(text) });
    if (this.kept.length > MOST) this.kept.splice(0, this.kept.length - MOST);
  }
}

function clean(text: string): string {
  const shown = text.replace(ESCAPES, "").replace(/\r$/, "");
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}…` : shown;
}
