/** Limits every executor shares. Each one protects the provider's machine or the agent's memory. */

/** A line longer than this is delivered in pieces: what one log message may carry. */
export const logLineBytesMax = 16 * 1024;

/** Structured results are kept in memory and in the database. */
export const outputJsonBytesMax = 1024 * 1024;

/** Inline inputs and code travel through the agent's memory. */
export const inputBytesMax = 32 * 1024 * 1024;

/** More files than this cost more to create than any inline input is worth. */
export const inputFilesMax = 1_000;

/** From SIGTERM to SIGKILL. Cancel promises death within 2 s, so half of it is for the kill. */
export const stopGraceMs = 1_000;

/** A workload whose time is up gets a little longer to write what it has. */
export const timeoutGraceMs = 2_000;

/** How often memory, CPU and output size are read. */
export const usageIntervalMs = 1_000;
/** Not before a workload has begun: the reading would take the processor that it begins with. */
export const usageDelayMs = 50;

/**
 * With less free space than this on the disk of the outputs a workload is stopped. A file that is
 * deleted while it is open is in no folder and so not measured, yet it can fill the disk.
 */
export const diskFreeBytesMin = 512 * 1024 * 1024;

/** How long an engine may be away (restart, upgrade) before what it runs counts as lost. */
export const engineAwayMaxMs = 60_000;
export const engineRetryMs = 500;
