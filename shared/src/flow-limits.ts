/** Numbers of flows and their runs, each with its reason; part of the one table. */
export const flowLimits = {
  /** What fits on one page of an editor; more is a job that does it all. */
  flowNodes: 64,
  flowEdges: 256,
  /** Of a whole graph as JSON. It is kept with every run, and read with each step that ends. */
  flowGraphBytes: 128 * 1024,
  flowInputBytes: 64 * 1024,
  flowsPerAccount: 200,
  flowVersions: 1_000,
  /** Of one step as JSON, and of all steps of a run: both are held in memory while it runs. */
  flowOutputBytes: 64 * 1024,
  flowOutputBytesPerRun: 256 * 1024,
  /** What a trace shows of the input of a step; a longer one is left out. */
  flowTraceInputBytes: 8 * 1024,
  /** Lines from the end of a job's stdout that its step has as output, and as many characters. */
  flowStdoutLines: 200,
  flowStdoutChars: 8 * 1024,
  /** The hard limit of the seed; a run with long jobs says how long it may take. */
  flowRunSecDefault: 300,
  flowRunSecMax: 86_400,
  flowHttpSec: 10,
  flowLlmSec: 30,
  flowHttpBodyBytes: 64 * 1024,
  flowHeaders: 32,
  flowSecrets: 32,
  /** All of them in a request, with room to spare. */
  flowSecretsBytes: 160 * 1024,
  flowConditionDepth: 8,
  /** As long as an edge can name one. */
  flowBranchChars: 64,
  /** Runs of one account at a time: each holds its steps in memory. */
  flowRunsOpenPerAccount: 50,
  /** Of all accounts in one process: with the outputs above, at most 256 MB. */
  flowRunsDriven: 1_000,
  /** Ended runs of one account that are kept; their jobs stay. */
  flowRunsKept: 500,
  projectChars: 128,
} as const;
