import type { SpecCache } from '../sql/spec-cache.ts';
import type { Answer, Query, Work } from '../sql/work.ts';
import { inOrder, translated } from './dialect.ts';
import type { ServerAnswer, Statement } from './pipeline.ts';
import type { PostgresConnection } from './postgres-connection.ts';
import { finishWork, isRead, newestNumber, PostgresTx } from './postgres-tx.ts';

/**
 * The first statements of every transaction that writes, in every process: whoever has the lock is
 * alone with the database until it has committed. The ledger is a chain of hashes and events are
 * numbered, so writers stand in one order anyway; with the lock, numbers grow as commits do, whoever
 * reads on from a number misses nothing, and works see what they see on SQLite. Each statement behind
 * the lock sees what was committed before it was granted, so READ COMMITTED is enough.
 */
export const lockWriters = 'SELECT pg_advisory_xact_lock(731604200, hashtext(current_schema()))';
const opening = ['BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE', lockWriters];

const savepoint = 'SAVEPOINT one_write';

/** The table whose rows nearly every write adds, so that its newest number comes with the opening. */
const eventsNewest = newestNumber('events', 'seq');

const noteCommit = `
  INSERT INTO writer_commits (writer_id, commits, at_ms)
  VALUES (?, ?, floor(extract(epoch FROM clock_timestamp()) * 1000))
  ON CONFLICT (writer_id) DO UPDATE SET commits = excluded.commits, at_ms = excluded.at_ms`;

/** One transaction of the writing connection: what is posted waits for the next that is asked. */
export class WriteTransaction {
  readonly tx: PostgresTx;
  readonly #connection: PostgresConnection;
  #posted: Statement[] = [];
  #isOpen = false;
  #hasWritten = false;
  #isAborted = false;

  constructor(connection: PostgresConnection, specs: SpecCache) {
    this.#connection = connection;
    this.tx = new PostgresTx(specs, (query) => this.#post(query));
    for (const text of opening) this.#posted.push(plain(text));
    this.#posted.push(plain(eventsNewest));
  }

  /** Whether a work has changed anything since this was asked for the last time. */
  takeHasWritten(): boolean {
    const hasWritten = this.#hasWritten;
    this.#hasWritten = false;
    return hasWritten;
  }

  /** A statement has failed: the server takes no further one until it is undone. */
  get isAborted(): boolean {
    return this.#isAborted;
  }

  finish<T>(work: Work<T>): Promise<T> {
    return finishWork(work, (query) => this.#ask(query));
  }

  save(): void {
    this.#posted.push(plain(savepoint));
  }

  /** Waits for everything that was posted: what it violated is thrown here. */
  async release(): Promise<void> {
    this.#posted.push(plain('RELEASE SAVEPOINT one_write'));
    await this.#send();
  }

  /** Undoes what came after `save`. */
  async undo(): Promise<void> {
    const unsent = this.#posted.findIndex(({ text }) => text === savepoint);
    if (unsent >= 0) {
      this.#posted.length = unsent;
      return;
    }
    this.#posted = [plain('ROLLBACK TO SAVEPOINT one_write'), plain('RELEASE SAVEPOINT one_write')];
    await this.#send();
  }

  /** Commits, and notes in the same commit that it is this writer's `commits`th. */
  async commit(writerId: string, commits: number): Promise<void> {
    this.#post({ sql: noteCommit, values: [writerId, commits], shape: 'records' });
    this.#posted.push(plain('COMMIT'));
    const answers = await this.#send();
    const command = answers.at(-1)?.command;
    if (command !== 'COMMIT') throw new Error(`the commit was answered with ${command}`);
  }

  async rollBack(): Promise<void> {
    this.#posted = [];
    if (!this.#isOpen) return;
    await this.#connection.send([plain('ROLLBACK')]);
    this.#isOpen = false;
  }

  #post(query: Query): void {
    this.#hasWritten ||= !isRead(query);
    this.#posted.push(toStatement(query));
  }

  async #ask(query: Query): Promise<Answer> {
    this.#post(query);
    const answers = await this.#send();
    const answer = answers.at(-1);
    if (answer === undefined) throw new Error('a statement without an answer');
    return answer;
  }

  async #send(): Promise<ServerAnswer[]> {
    const statements = this.#posted;
    const isOpening = !this.#isOpen;
    this.#posted = [];
    this.#isOpen = true;
    this.#isAborted = true;
    const answers = await this.#connection.send(statements);
    this.#isAborted = false;
    if (isOpening) this.#takeNewest(answers[opening.length]);
    return answers;
  }

  #takeNewest(answer: ServerAnswer | undefined): void {
    const [row] = (answer?.rows ?? []) as { newest: bigint }[];
    if (row !== undefined && !this.tx.newest.has('events')) {
      this.tx.newest.set('events', Number(row.newest));
    }
  }
}

export function plain(text: string): Statement {
  return { text, values: [], shape: 'records' };
}

export function toStatement({ sql, values, shape }: Query): Statement {
  const statement = translated(sql);
  return { text: statement.text, values: inOrder(statement, values), shape };
}
