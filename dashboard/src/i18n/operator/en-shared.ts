export const enShared = {
  'op.filter.all': 'All',
  'op.act.reason': 'Reason',
  'op.act.reasonOptional': 'Reason (optional)',
  'op.act.type': 'Type {{name}} to confirm',
  'op.act.failed': 'The marketplace did not do it',
};
