export const enShared = {
  'op.scope.title': 'This page is the operator’s',
  'op.scope.text':
    'The key of this tab lacks the scope “operator”, so the marketplace shows it nothing here.',
  'op.scope.fix':
    'Sign in with the operator’s key, or with one that the operator makes with <0>node3 key create --scope operator</0>.',
  'op.filter.all': 'All',
  'op.act.reason': 'Reason',
  'op.act.reasonOptional': 'Reason (optional)',
  'op.act.type': 'Type {{name}} to confirm',
  'op.act.failed': 'The marketplace did not do it',
};
