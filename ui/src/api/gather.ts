// What events say has changed, gathered until it is read anew: a burst costs one round of requests, a round begins
// only when the one before has ended, and nothing that is said meanwhile is lost.

/** What is to be read anew. */
export interface Dirty {
  /** Containers of these nodes. */
  nodes: Set<string>;
  /** These lists as a whole. */
  lists: Set<string>;
}

/** How long a burst is gathered, in milliseconds. */
const GATHER = 100;
/** How long it is from one round to the next: at least so many milliseconds, and so many times as long as the round took. */
const APART = 250;
const REST = 2;
/** How soon is asked again for what was not settled yet, and how often at most. */
const UNSETTLED = [250, 500, 1000, 2000, 4000, 8000];

export class Gatherer {
  private dirty: Dirty = { nodes: new Set(), lists: new Set() };
  private timer: ReturnType<typeof setTimeout> | undefined;
  private due = Infinity;
  private running = false;
  private free = -Infinity;
  private tries = 0;
  private stopped = false;

  /** `reread` reads anew, and answers what was still changing when it was read. It does not fail. */
  constructor(private readonly reread: (dirty: Dirty) => Promise<Dirty>) {}

  touch(said: { nodes?: Iterable<string>; lists?: Iterable<string> }): void {
    for (const node of said.nodes ?? []) this.dirty.nodes.add(node);
    for (const list of said.lists ?? []) this.dirty.lists.add(list);
    this.tries = 0;
    this.plan(GATHER);
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Plans the next round, not later than it is planned already. */
  private plan(wait: number): void {
    const isEmpty = this.dirty.nodes.size + this.dirty.lists.size === 0;
    const due = Math.max(Date.now() + wait, this.free);
    if (this.running || this.stopped || isEmpty || due >= this.due) return;
    clearTimeout(this.timer);
    this.due = due;
    this.timer = setTimeout(() => void this.round(), due - Date.now());
  }

  private async round(): Promise<void> {
    const dirty = this.dirty;
    this.dirty = { nodes: new Set(), lists: new Set() };
    [this.running, this.due] = [true, Infinity];
    const begun = Date.now();
    const unsettled = await this.reread(dirty);
    this.running = false;
    this.free = Date.now() + Math.max(APART, REST * (Date.now() - begun));
    if (this.dirty.nodes.size + this.dirty.lists.size > 0) return this.plan(GATHER);
    const wait = UNSETTLED[this.tries++];
    if (wait === undefined) return;
    this.dirty = unsettled;
    this.plan(wait);
  }
}
