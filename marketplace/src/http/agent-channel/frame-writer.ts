/** What has something to send. */
export interface Outlet {
  flush(): void;
}

/**
 * Everything that one turn of the event loop has to say to one agent goes out as one frame. The
 * writes of a turn share a commit and are answered together, so this saves most system calls.
 */
export class FrameWriter {
  #waiting: Outlet[] = [];

  /** Called once per outlet and turn. */
  schedule(outlet: Outlet): void {
    this.#waiting.push(outlet);
    if (this.#waiting.length === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const outlets = this.#waiting;
    this.#waiting = [];
    for (const outlet of outlets) outlet.flush();
  }
}
