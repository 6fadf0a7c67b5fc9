/** What `node3 --help` prints. Generated from the code by `node scripts/generate-docs.ts`. */
export const helpPage = `Usage: node3 [options] [command]

Run jobs on other people’s GPUs, and be paid for running theirs

Options:
  -V, --version            output the version number
  -h, --help               display help for command

Global options:
  --url <url>              the marketplace; else NODE3_URL, MARKETPLACE_URL, the
                           last one used
  --profile <name>         a profile of yours; else NODE3_PROFILE, that of
                           config use
  --config <file>          your settings; default
                           $XDG_CONFIG_HOME/node3/config.json
  -o, --format <format>    table, wide, tsv, json, jsonl, yaml or id; else
                           NODE3_OUTPUT
  --json                   the same as --format json; errors are problem objects
                           on stderr
  --columns <names>        only these columns or fields of a list, with commas
                           between them
  --timeout <time>         give up on an answer after this time, such as 5s
  --idempotency-key <key>  the same key never posts or pays a second time
  --curl                   print the request as a curl command and send nothing
  --explain                tell on stderr which requests are sent
  -y, --yes                answer yes beforehand; only run asks, before it pays
  --no-input               ask nothing: what would be asked is an error
  --no-color               no colours; NO_COLOR does the same
  -q, --quiet              only data and errors

Run jobs:
  init                     begin: log in and run a first job, or prepare this
                           machine to earn
  run                      run a command or a script on somebody’s GPU and see
                           its output
  offer                    the GPUs that agents offer, cheapest first
  quote                    what a job would cost at most, who could run it and
                           when
  ps                       your jobs that are not over
  logs                     what a job printed; the same as job logs
  job                      your jobs: list, wait, cancel, rerun, explain, files
  receipt                  what an ended job cost and why, signed by the
                           marketplace
  upload                   upload a file for jobs to read; prints its artifact
                           id
  share                    a link that shows a job, its log or its files to
                           whoever has it
  snippet                  scripts that are kept, to run again
  template                 jobs with parameters, kept to run again
  schedule                 jobs that post themselves
  flow                     graphs of jobs, requests and timers that run as one
  mcp                      the marketplace as tools for an MCP host, with a
                           limit of what they may spend

Your account and money:
  login                    keep a key for a marketplace, by wallet or as you
                           have it
  logout                   forget the key of a marketplace
  whoami                   whose key is used here, and what it has
  account                  your account at a marketplace
  usage                    what your jobs used and cost, by day, key and GPU
  key                      API keys of your account
  deposit                  a payment link for your account, with its QR code;
                           waits for the payment
  withdraw                 pay money out to the wallet of your account
  wallet                   Solana wallets: files of your own

See what happens:
  event                    what happened to your account, and what happens next
  webhook                  have events sent to a URL, signed
  alerts                   what you should look at: agents, balances and
                           webhooks

Provide and operate:
  agent                    the agent of this machine
  admin                    run a marketplace; the operator key comes from
                           ADMIN_API_KEY
  up                       start a whole marketplace here: local Solana,
                           marketplace and one agent
  localnet                 start only the local Solana

The command itself:
  api                      one request of the API with your key
  config                   settings and where each comes from, and your profiles
  completion               a script that completes commands in bash, zsh or fish
  exit-codes               what the exit codes mean

Commands:
  help [command]           display help for command
`;
