import { systemClock } from '@node3/shared/clock';
import { askMarketplace } from './ask-marketplace.ts';
import { readEmbedLink } from './embed-link.ts';
import { readLanguage } from './embed-texts.ts';
import { EmbedView } from './embed-view.ts';
import { followJob, type Standing } from './follow-job.ts';

const tickMs = 1_000;
const linesDefault = 20;
const linesMax = 200;

const unread: Standing = { shown: null, readAtMs: null, state: 'following' };

/**
 * `<node3-job link="https://…/s/…?signature=…">`: a job that was shared, in any page. Attributes:
 * `link`, `lang` (en, es), `theme` (light, dark, auto) and `lines` of the log (1 to 200). Fires
 * `node3-state` with `{ jobId, state }` as its detail when the state changes.
 */
class SharedJobElement extends HTMLElement {
  static readonly observedAttributes = ['link', 'lang', 'lines'];
  readonly #view = new EmbedView(this.attachShadow({ mode: 'open' }));
  #standing = unread;
  #stop = new AbortController();
  #ticks: ReturnType<typeof setInterval> | undefined;

  connectedCallback(): void {
    this.#follow();
    this.#ticks = setInterval(() => this.#draw(), tickMs);
  }

  disconnectedCallback(): void {
    this.#stop.abort();
    clearInterval(this.#ticks);
  }

  attributeChangedCallback(name: string, before: string | null, now: string | null): void {
    if (!this.isConnected || before === now) return;
    if (name === 'lang') this.#draw();
    else this.#follow();
  }

  get #link() {
    return readEmbedLink(this.getAttribute('link') ?? '', document.baseURI);
  }

  #follow(): void {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#standing = unread;
    this.#draw();
    const link = this.#link;
    if (link === null) return;
    const { signal } = this.#stop;
    const wanted = Number.parseInt(this.getAttribute('lines') ?? '', 10);
    followJob({
      ask: askMarketplace(link, signal),
      linesMax: wanted >= 1 ? Math.min(wanted, linesMax) : linesDefault,
      clock: systemClock,
      signal,
      show: (standing) => this.#take(standing),
    });
  }

  #take(standing: Standing): void {
    const before = this.#standing.shown?.job?.state;
    this.#standing = standing;
    this.#draw();
    const job = standing.shown?.job ?? null;
    if (job === null || job.state === before) return;
    const detail = { jobId: job.jobId, state: job.state };
    this.dispatchEvent(new CustomEvent('node3-state', { detail, bubbles: true, composed: true }));
  }

  #draw(): void {
    const tag = this.getAttribute('lang') ?? document.documentElement.lang;
    const language = readLanguage(tag);
    const nowMs = systemClock.nowMs();
    this.#view.show({ standing: this.#standing, link: this.#link, language, nowMs });
  }
}

if (customElements.get('node3-job') === undefined) {
  customElements.define('node3-job', SharedJobElement);
}
