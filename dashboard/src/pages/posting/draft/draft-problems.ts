/** Keys of the texts that say what is wrong with a field. */
export type DraftProblem =
  | 'required'
  | 'quotes'
  | 'integer'
  | 'number'
  | 'amount'
  | 'amountZero'
  | 'size'
  | 'json'
  | 'tooLong'
  | 'variable'
  | 'label'
  | 'secretShort'
  | 'twice'
  | 'path'
  | 'url'
  | 'sha256'
  | 'upload'
  | 'host'
  | 'region'
  | 'agentId'
  | 'wallet'
  | 'jobId'
  | 'capability';

/** What can be said about a draft without asking: by the JSON pointer of the field it is about. */
export class DraftProblems {
  readonly found = new Map<string, DraftProblem>();

  add(pointer: string, problem: DraftProblem): void {
    if (!this.found.has(pointer)) this.found.set(pointer, problem);
  }

  when(wrong: boolean, pointer: string, problem: DraftProblem): void {
    if (wrong) this.add(pointer, problem);
  }
}
