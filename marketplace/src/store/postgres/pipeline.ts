import type { Connection, FieldDef, Submittable } from 'pg';
import type { Answer, Query, Value } from '../sql/work.ts';
import { type Bound, toBound, typeOf } from './bound-values.ts';
import type { PreparedStatement, PreparedStatements } from './prepared-statements.ts';
import { type Column, columnsOf, toArray, toRecord } from './rows.ts';

export interface Statement {
  text: string;
  /** In the order of `$1`, `$2`, … */
  values: readonly Value[];
  shape: Query['shape'];
}

export interface ServerAnswer extends Answer {
  /** What the server did, such as `COMMIT`, or `ROLLBACK` where it was told to commit and could not. */
  command: string;
}

interface Sent {
  statement: Statement;
  prepared: PreparedStatement;
  answer: ServerAnswer;
}

/** What `pg` hands to whoever is submitted; its types leave out what they are made of. */
interface Wire extends Omit<Connection, 'parse' | 'bind' | 'describe' | 'execute'> {
  parse(statement: { name: string; text: string; types: readonly number[] }): void;
  bind(portal: { statement: string; values: readonly Bound[] }): void;
  describe(portal: { type: 'P'; name: '' }): void;
  execute(portal: { portal: '' }): void;
  sync(): void;
}

/**
 * Several statements in one round trip: all are sent at once and the server answers when it has run
 * them in order. Where one fails, it runs none of those behind it, and the whole is rejected.
 * A statement is prepared at its first use on a connection.
 */
export class Pipeline implements Submittable {
  readonly answers: Promise<ServerAnswer[]>;
  readonly #sent: Sent[];
  readonly #statements: PreparedStatements;
  readonly #outcome = Promise.withResolvers<ServerAnswer[]>();
  #done = 0;
  /** Called at each word of the server. */
  onHeard: () => void = () => undefined;

  constructor(statements: readonly Statement[], prepared: PreparedStatements) {
    this.#statements = prepared;
    this.#sent = statements.map((statement) => ({
      statement,
      prepared: prepared.of(statement.text, statement.values.map(typeOf)),
      answer: { rows: [], changes: 0, command: '' },
    }));
    this.answers = this.#outcome.promise;
  }

  submit(connection: Connection): void {
    const wire = connection as unknown as Wire;
    connection.stream.cork();
    for (const { statement, prepared } of this.#sent) {
      const { name, types } = prepared;
      if (prepared.state === 'new') {
        wire.parse({ name, text: statement.text, types });
        prepared.state = 'sent';
      }
      wire.bind({ statement: name, values: statement.values.map(toBound) });
      if (prepared.columns === null) wire.describe({ type: 'P', name: '' });
      wire.execute({ portal: '' });
    }
    wire.sync();
    connection.stream.uncork();
  }

  handleRowDescription(message: { fields: FieldDef[] }): void {
    const current = this.#current();
    current.prepared.columns = columnsOf(message.fields);
  }

  handleDataRow(message: { fields: (string | null)[] }): void {
    this.onHeard();
    const { statement, prepared, answer } = this.#current();
    const columns: readonly Column[] = prepared.columns ?? [];
    const toRow = statement.shape === 'records' ? toRecord : toArray;
    answer.rows.push(toRow(columns, message.fields));
  }

  /** `INSERT 0 1`, `UPDATE 3`, `SELECT 2`, `COMMIT`. */
  handleCommandComplete(message: { text: string }): void {
    this.onHeard();
    const { prepared, answer } = this.#current();
    prepared.columns ??= [];
    prepared.state = 'ready';
    const [command = '', ...counts] = message.text.split(' ');
    answer.command = command;
    answer.changes = command === 'SELECT' ? 0 : Number(counts.at(-1) ?? 0);
    this.#done += 1;
  }

  handleError(error: Error): void {
    this.#statements.forgetUncertain(this.#sent.slice(this.#done).map(({ prepared }) => prepared));
    this.#outcome.reject(error);
  }

  handleReadyForQuery(): void {
    this.#outcome.resolve(this.#sent.map(({ answer }) => answer));
  }

  #current(): Sent {
    const current = this.#sent[this.#done];
    if (current === undefined) throw new Error('an answer to a statement that was not sent');
    return current;
  }
}
