import { enCharts } from './en-charts.ts';
import { enEditor } from './en-editor.ts';
import { enFieldRules } from './en-field-rules.ts';
import { enFrame } from './en-frame.ts';
import { enMoney } from './en-money.ts';
import { enOperator } from './en-operator.ts';
import { enProblems } from './en-problems.ts';
import { enReasons } from './en-reasons.ts';
import { enServer } from './en-server.ts';
import { enShell } from './en-shell.ts';
import { enTable } from './en-table.ts';

export const en = {
  ...enCharts,
  ...enEditor,
  ...enFrame,
  ...enFieldRules,
  ...enMoney,
  ...enOperator,
  ...enProblems,
  ...enReasons,
  ...enServer,
  ...enShell,
  ...enTable,
};
