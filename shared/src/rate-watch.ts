export interface RateRule {
  /** In each span of this length, milliseconds … */
  windowMs: number;
  /** … at least so many bytes have to come. */
  windowBytes: number;
}

/** Looks at how fast bytes come from whoever is waited for. */
export interface RateWatch {
  /** @param received all bytes that have come so far. */
  start(received: () => number): void;
  /** While we are busy ourselves, the other side is not slow. */
  hold(): void;
  /** The window in which we were busy at its beginning says nothing about the other side. */
  release(): void;
  stop(): void;
}

/** @param onSlow called at the end of each window in which too little came. */
export function watchRate({ windowMs, windowBytes }: RateRule, onSlow: () => void): RateWatch {
  let timer: NodeJS.Timeout | undefined;
  let receive = () => 0;
  let before = 0;
  let held = false;
  let wasHeld = false;
  const judge = () => {
    const now = receive();
    if (!held && !wasHeld && now - before < windowBytes) onSlow();
    before = now;
    wasHeld = held;
  };
  return {
    start(received) {
      receive = received;
      before = received();
      timer = setInterval(judge, windowMs);
    },
    hold() {
      held = true;
    },
    release() {
      held = false;
    },
    stop() {
      clearInterval(timer);
    },
  };
}
