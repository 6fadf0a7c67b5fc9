import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { dashboardLink } from '@node3/agent/local-token';
import { writePrivateFile } from '@node3/agent/secrets';
import { getLocalEarnings } from '@node3/shared/routes/agent-local';
import { callAgent, connectAgent, type LocalAgentOptions } from '../agent/local-agent.ts';
import { openInBrowser } from '../agent/open-in-browser.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Call } from '../program/attach-action.ts';

export interface DashboardOptions extends LocalAgentOptions {
  open?: boolean;
}

/** Prints the way into the agent's page, which is as good as the token itself. */
export async function showDashboardLink(
  context: Context,
  { options }: Call<DashboardOptions>,
): Promise<number> {
  const { host, terminal } = context;
  const agent = await connectAgent(context, options);
  // A link that the agent would not take helps nobody.
  await callAgent(agent, getLocalEarnings, {});
  const link = dashboardLink(agent.url, agent.token ?? '');
  if (terminal.json) await terminal.object({ link });
  else await terminal.data(link);
  if (options.open === true) {
    const page = join(dirname(agent.tokenPath), 'dashboard.html');
    await writePrivateFile(page, forwardTo(link));
    await openInBrowser(pathToFileURL(page).href, host.env);
  }
  return exitCodes.ok.code;
}

/**
 * A file that leads to the link: the arguments of a program can be read by every user of the machine,
 * so a browser is not started with the link itself.
 */
function forwardTo(link: string): string {
  const { href } = new URL(link);
  return `<!doctype html><meta charset="utf-8"><title>node3 agent</title>
<meta http-equiv="refresh" content="0; url=${href}">
<a href="${href}">The page of the agent</a>
`;
}
