/** What a page of anybody's shows the job with; `address` is that of `sharedAddress`. */
export function elementSnippet(address: string, language: string): string {
  const script = new URL('/embed/node3-job.js', address).href;
  const attributes = `link="${address}" lang="${language}" theme="auto"`;
  return `<script src="${script}" crossorigin="anonymous" async></script>\n<node3-job ${attributes}></node3-job>`;
}
