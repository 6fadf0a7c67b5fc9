import type { Command } from 'commander';
import type { ProgramState } from './attach-action.ts';

export type AddCommand = (state: ProgramState, program: Command) => void;

/** One word after `node3`. Its options and subcommands are loaded when it is the one that is meant. */
export interface CommandGroup {
  name: string;
  summary: string;
  load(): Promise<AddCommand>;
}

/** All of them, under the headings of `node3 --help`. */
export const commandGroups: Record<string, readonly CommandGroup[]> = {
  'Run jobs': [
    {
      name: 'init',
      summary: 'begin: log in and run a first job, or prepare this machine to earn',
      load: async () => (await import('./init-command.ts')).addInitCommand,
    },
    {
      name: 'run',
      summary: 'run a command or a script on somebody’s GPU and see its output',
      load: async () => (await import('./run-command.ts')).addRunCommand,
    },
    {
      name: 'offer',
      summary: 'the GPUs that agents offer, cheapest first',
      load: async () => (await import('./offer-command.ts')).addOfferCommand,
    },
    {
      name: 'quote',
      summary: 'what a job would cost at most, who could run it and when',
      load: async () => (await import('./run-command.ts')).addQuoteCommand,
    },
    {
      name: 'ps',
      summary: 'your jobs that are not over',
      load: async () => (await import('./job-commands.ts')).addPsCommand,
    },
    {
      name: 'logs',
      summary: 'what a job printed; the same as job logs',
      load: async () => (await import('./job-commands.ts')).addLogsCommand,
    },
    {
      name: 'job',
      summary: 'your jobs: list, wait, cancel, rerun, explain, files',
      load: async () => (await import('./job-commands.ts')).addJobCommands,
    },
    {
      name: 'receipt',
      summary: 'what an ended job cost and why, signed by the marketplace',
      load: async () => (await import('./job-commands.ts')).addReceiptCommand,
    },
    {
      name: 'upload',
      summary: 'upload a file for jobs to read; prints its artifact id',
      load: async () => (await import('./file-commands.ts')).addUploadCommand,
    },
    {
      name: 'share',
      summary: 'a link that shows a job, its log or its files to whoever has it',
      load: async () => (await import('./share-command.ts')).addShareCommand,
    },
    {
      name: 'snippet',
      summary: 'scripts that are kept, to run again',
      load: async () => (await import('./snippet-commands.ts')).addSnippetCommands,
    },
    {
      name: 'template',
      summary: 'jobs with parameters, kept to run again',
      load: async () => (await import('./template-commands.ts')).addTemplateCommands,
    },
    {
      name: 'schedule',
      summary: 'jobs that post themselves',
      load: async () => (await import('./schedule-commands.ts')).addScheduleCommands,
    },
    {
      name: 'flow',
      summary: 'graphs of jobs, requests and timers that run as one',
      load: async () => (await import('./flow-commands.ts')).addFlowCommands,
    },
    {
      name: 'mcp',
      summary: 'the marketplace as tools for an MCP host, with a limit of what they may spend',
      load: async () => (await import('./mcp-command.ts')).addMcpCommand,
    },
  ],
  'Your account and money': [
    {
      name: 'login',
      summary: 'keep a key for a marketplace, by wallet or as you have it',
      load: async () => (await import('./login-commands.ts')).addLoginCommand,
    },
    {
      name: 'logout',
      summary: 'forget the key of a marketplace',
      load: async () => (await import('./login-commands.ts')).addLogoutCommand,
    },
    {
      name: 'whoami',
      summary: 'whose key is used here, and what it has',
      load: async () => (await import('./login-commands.ts')).addWhoamiCommand,
    },
    {
      name: 'account',
      summary: 'your account at a marketplace',
      load: async () => (await import('./account-commands.ts')).addAccountCommands,
    },
    {
      name: 'usage',
      summary: 'what your jobs used and cost, by day, key and GPU',
      load: async () => (await import('./usage-command.ts')).addUsageCommand,
    },
    {
      name: 'key',
      summary: 'API keys of your account',
      load: async () => (await import('./agent-commands.ts')).addKeyCommands,
    },
    {
      name: 'deposit',
      summary: 'a payment link for your account, with its QR code; waits for the payment',
      load: async () => (await import('./money-commands.ts')).addDepositCommand,
    },
    {
      name: 'withdraw',
      summary: 'pay money out to the wallet of your account',
      load: async () => (await import('./money-commands.ts')).addWithdrawCommand,
    },
    {
      name: 'wallet',
      summary: 'Solana wallets: files of your own',
      load: async () => (await import('./wallet-commands.ts')).addWalletCommands,
    },
  ],
  'See what happens': [
    {
      name: 'event',
      summary: 'what happened to your account, and what happens next',
      load: async () => (await import('./event-commands.ts')).addEventCommands,
    },
    {
      name: 'webhook',
      summary: 'have events sent to a URL, signed',
      load: async () => (await import('./webhook-commands.ts')).addWebhookCommands,
    },
    {
      name: 'alerts',
      summary: 'what you should look at: agents, balances and webhooks',
      load: async () => (await import('./alert-commands.ts')).addAlertCommands,
    },
  ],
  'Provide and operate': [
    {
      name: 'agent',
      summary: 'the agent of this machine',
      load: async () => (await import('./own-agent-commands.ts')).addOwnAgentCommands,
    },
    {
      name: 'admin',
      summary: 'run a marketplace; the operator key comes from ADMIN_API_KEY',
      load: async () => (await import('./admin-commands.ts')).addAdminCommands,
    },
    {
      name: 'up',
      summary: 'start a whole marketplace here: local Solana, marketplace and one agent',
      load: async () => (await import('./service-commands.ts')).addUpCommand,
    },
    {
      name: 'localnet',
      summary: 'start only the local Solana',
      load: async () => (await import('./service-commands.ts')).addLocalnetCommand,
    },
  ],
  'The command itself': [
    {
      name: 'api',
      summary: 'one request of the API with your key',
      load: async () => (await import('./api-command.ts')).addApiCommand,
    },
    {
      name: 'config',
      summary: 'settings and where each comes from, and your profiles',
      load: async () => (await import('./config-command.ts')).addConfigCommands,
    },
    {
      name: 'completion',
      summary: 'a script that completes commands in bash, zsh or fish',
      load: async () => (await import('./completion-command.ts')).addCompletionCommand,
    },
    {
      name: 'exit-codes',
      summary: 'what the exit codes mean',
      load: async () => (await import('./exit-codes-command.ts')).addExitCodesCommand,
    },
  ],
};

export const groupNames = Object.values(commandGroups)
  .flat()
  .map(({ name }) => name);
