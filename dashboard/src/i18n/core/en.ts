import { enCharts } from './en-charts.ts';
import { enEditor } from './en-editor.ts';
import { enFrame } from './en-frame.ts';
import { enMoney } from './en-money.ts';
import { enOperator } from './en-operator.ts';
import { enReasons } from './en-reasons.ts';
import { enShell } from './en-shell.ts';
import { enTable } from './en-table.ts';

export const en = {
  ...enCharts,
  ...enEditor,
  ...enFrame,
  ...enMoney,
  ...enOperator,
  ...enReasons,
  ...enShell,
  ...enTable,
};
