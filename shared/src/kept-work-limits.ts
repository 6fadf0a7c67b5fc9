/** Limits of what outlives one job: schedules, snippets, templates and links; part of the one table. */
export const keptWorkLimits = {
  /** An operator may take longer code than `codeBytes`; as base64 it still fits into a posting. */
  codeBytesMax: 256 * 1024,
  /** At one job a minute each, this is three jobs a second of one account. */
  schedulesPerAccount: 200,
  cronChars: 128,
  scheduleFailuresDefault: 3,
  scheduleFailuresMax: 100,
  /** Times shown ahead, as the seed does. */
  scheduleTimesShown: 10,
  scheduleRunsShown: 20,
  /** What is older was shown for long enough; the jobs themselves stay. */
  scheduleRunsKept: 100,
  /** Jobs of one schedule that may be open at once, so that looking at them stays cheap. */
  scheduleOpenRunsMax: 100,
  /** Later than this a time counts as missed: the next one could be due already. */
  scheduleLateMs: 60_000,
  /** Their names are read together to be sorted and searched: some 300 KB. */
  snippetsPerAccount: 1_000,
  snippetDescriptionChars: 2_000,
  /** A user has tens; each is small, and a program that makes more should add versions instead. */
  templatesPerAccount: 1_000,
  templateVersions: 1_000,
  templateDescriptionChars: 2_000,
  templateParameters: 64,
  templateTags: 8,
  parameterChoices: 64,
  /** With the longest values a filled spec has 4 MB before it is checked and refused. */
  templatePlaceholders: 256,
  /** As much as an environment variable holds; what is longer is an input of the job. */
  parameterChars: 16 * 1024,
  /** A link to a job that is shared: long enough for a paper's readers, and revocable at any time. */
  jobLinkSecDefault: 604_800,
  jobLinkSecMax: 90 * 86_400,
  /** Links of one job; each is a row, and those that ended make room. */
  linksPerJob: 100,
  linkUsesMax: 1_000_000,
} as const;
