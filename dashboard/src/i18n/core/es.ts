import type { en } from './en.ts';
import { esCharts } from './es-charts.ts';
import { esEditor } from './es-editor.ts';
import { esFieldRules } from './es-field-rules.ts';
import { esFrame } from './es-frame.ts';
import { esMoney } from './es-money.ts';
import { esOperator } from './es-operator.ts';
import { esProblems } from './es-problems.ts';
import { esReasons } from './es-reasons.ts';
import { esServer } from './es-server.ts';
import { esShell } from './es-shell.ts';
import { esTable } from './es-table.ts';

export const es: Record<keyof typeof en, string> = {
  ...esCharts,
  ...esEditor,
  ...esFrame,
  ...esFieldRules,
  ...esMoney,
  ...esOperator,
  ...esProblems,
  ...esReasons,
  ...esServer,
  ...esShell,
  ...esTable,
};
