import { execFile } from 'node:child_process';

export interface ToolResult {
  /** null: the program is not there, or was killed. */
  exitCode: number | null;
  output: string;
}

export type RunTool = (file: string, args: readonly string[]) => Promise<ToolResult>;

const toolMsMax = 60_000;

/** Runs a program of the system without a shell and keeps what it says. Never throws. */
export const runTool: RunTool = (file, args) =>
  new Promise((resolve) => {
    const options = { timeout: toolMsMax, maxBuffer: 1024 ** 2, encoding: 'utf8' } as const;
    execFile(file, [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      const output = `${stdout}${stderr}`.trim();
      resolve({ exitCode: typeof code === 'number' ? code : null, output });
    });
  });
