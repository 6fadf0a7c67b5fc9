import { formatBytes, formatDuration } from '../format.ts';
import { cleanLine, plainText } from '../logs/log-text.ts';
import { type EmbedLink, fileAddress } from './embed-link.ts';
import { type EmbedLook, embedLooks, endedLook } from './embed-looks.ts';
import { embedStyle } from './embed-style.ts';
import { type EmbedLanguage, embedTexts } from './embed-texts.ts';
import type { Standing } from './follow-job.ts';
import type { EmbedFile, EmbedJob } from './read-round.ts';

const lineCharsMax = 2_000;
const svgNamespace = 'http://www.w3.org/2000/svg';

interface Shown {
  standing: Standing;
  /** null: the address is no link to a shared job. */
  link: EmbedLink | null;
  language: EmbedLanguage;
  nowMs: number;
}

function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className = '',
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  element.className = className;
  return element;
}

/** Writes only what changed, so that nothing is announced twice and a selection stays. */
function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
  element.hidden = text === '';
}

function clean(text: string): string {
  return plainText(cleanLine(text, lineCharsMax));
}

/** The element's inside. Everything of a job enters it as text; addresses are of the marketplace alone. */
export class EmbedView {
  readonly #name = make('span', 'name');
  readonly #badge = make('span', 'badge');
  readonly #mark = document.createElementNS(svgNamespace, 'path');
  readonly #word = make('span');
  readonly #reason = make('p');
  readonly #notice = make('p', 'notice');
  readonly #times = make('p', 'quiet');
  readonly #progress = make('progress');
  readonly #stage = make('p', 'quiet');
  readonly #log = make('pre');
  readonly #files = make('ul');
  #filesShown: readonly EmbedFile[] = [];

  constructor(root: ShadowRoot) {
    const style = new CSSStyleSheet();
    style.replaceSync(embedStyle);
    root.adoptedStyleSheets = [style];
    const icon = document.createElementNS(svgNamespace, 'svg');
    icon.setAttribute('viewBox', '0 0 16 16');
    icon.setAttribute('aria-hidden', 'true');
    icon.append(this.#mark);
    for (const live of [this.#badge, this.#notice]) live.role = 'status';
    this.#log.role = 'group';
    this.#log.tabIndex = 0;
    this.#progress.max = 100;
    const head = make('div', 'head');
    this.#badge.append(icon, this.#word);
    head.append(this.#name, this.#badge);
    const card = make('div', 'card');
    card.append(head, this.#reason, this.#notice, this.#times, this.#progress, this.#stage);
    card.append(this.#log, this.#files);
    root.append(card);
  }

  show({ standing, link, language, nowMs }: Shown): void {
    const texts = embedTexts[language];
    const { shown, state, readAtMs } = standing;
    const job = shown?.job ?? null;
    const hasEnded = state === 'ended' || link === null;
    write(this.#name, clean(job?.name ?? texts.job));
    const unknown = shown === null ? texts.reading : texts.shared;
    const word = job === null ? (hasEnded ? texts.gone : unknown) : texts.states[job.state];
    this.#showLook(
      job === null ? endedLook : embedLooks[job.state],
      hasEnded || job === null,
      word,
    );
    write(this.#reason, job?.state === 'succeeded' ? '' : clean(job?.reasonSentence ?? ''));
    const late = state === 'late' ? texts.late : '';
    write(this.#notice, link === null ? texts.wrongLink : state === 'ended' ? texts.ended : late);
    const lateSinceMs = state === 'late' ? readAtMs : null;
    const ageMs = lateSinceMs === null ? null : nowMs - lateSinceMs;
    // Nobody knows whether it ran on after the last answer.
    const runMs = job === null ? null : runTime(job, lateSinceMs ?? nowMs);
    const times = [
      runMs === null ? [] : texts.ranFor(wholeSeconds(runMs, language)),
      ageMs === null ? [] : texts.asOf(wholeSeconds(ageMs, language)),
    ].flat();
    write(this.#times, times.join(' · '));
    this.#showProgress(job, texts.progress);
    this.#showLog(shown, language);
    if (link !== null) this.#showFiles(shown?.files ?? [], link, language);
  }

  #showLook({ tone, path }: EmbedLook, isPlain: boolean, word: string): void {
    this.#badge.className = `badge ${isPlain ? 'idle' : tone}`;
    this.#mark.setAttribute('d', path);
    write(this.#word, word);
  }

  #showProgress(job: EmbedJob['job'], label: string): void {
    const progress = job?.state === 'running' ? job.progress : null;
    this.#progress.hidden = progress === null || progress.percent === null;
    if (progress !== null && progress.percent !== null) this.#progress.value = progress.percent;
    this.#progress.ariaLabel = label;
    const told = [
      progress === null || progress.percent === null ? null : `${Math.floor(progress.percent)} %`,
      progress?.stage ?? null,
      progress?.message ?? null,
    ];
    write(this.#stage, clean(told.filter((part) => part !== null).join(' · ')));
  }

  #showLog(shown: EmbedJob | null, language: EmbedLanguage): void {
    const texts = embedTexts[language];
    const lines = shown?.lines ?? null;
    const log = this.#log;
    log.ariaLabel = texts.log;
    const empty = shown?.isLogRemoved === true ? texts.logRemoved : texts.logEmpty;
    const text = lines === null ? '' : lines.map(clean).join('\n') || empty;
    // Whoever reads above stays there.
    const isAtEnd = log.scrollTop + log.clientHeight >= log.scrollHeight - 4;
    write(log, text);
    if (isAtEnd) log.scrollTop = log.scrollHeight;
  }

  #showFiles(files: readonly EmbedFile[], link: EmbedLink, language: EmbedLanguage): void {
    this.#files.ariaLabel = embedTexts[language].files;
    this.#files.hidden = files.length === 0;
    if (files === this.#filesShown) return;
    this.#filesShown = files;
    this.#files.replaceChildren(
      ...files.map(({ name, bytes, url }) => {
        const item = make('li');
        const size = make('span', 'quiet');
        size.textContent = formatBytes(bytes, language);
        const href = fileAddress(url, link);
        const title = make(href === null ? 'span' : 'a');
        title.textContent = clean(name);
        if (title instanceof HTMLAnchorElement && href !== null) {
          Object.assign(title, { href, download: '', rel: 'noopener noreferrer' });
        }
        item.append(title, ' ', size);
        return item;
      }),
    );
  }
}

/** How long a job ran, or has run by now, milliseconds; null before it began. */
function runTime(job: NonNullable<EmbedJob['job']>, nowMs: number): number | null {
  if (job.runMs !== null) return job.runMs;
  if (job.startedAt === null) return null;
  const endMs = job.finishedAt === null ? nowMs : Date.parse(job.finishedAt);
  // Clocks differ: nothing has run for less than no time.
  return Math.max(0, endMs - Date.parse(job.startedAt));
}

function wholeSeconds(ms: number, language: string): string {
  return formatDuration(ms < 1_000 ? ms : Math.floor(ms / 1_000) * 1_000, language);
}
