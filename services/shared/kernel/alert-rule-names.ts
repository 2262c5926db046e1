/** Names of the rules that the monitor raises alerts by: the page of one in the runbooks bears its name. A test holds them to the monitor's catalogue. */
export const alertRuleNames = [
  'feature-parity',
  'answer-parity',
  'degraded-answers',
  'shadow-pairs',
  'dropped-records',
  'service-silent',
  'disk-nearly-full',
  'automatic-rollback',
  'rollback-advised',
  'rollback-held',
  'rollback-frozen',
  'input-drift',
  'output-drift',
  'business-lift',
  'quality-fall',
  'cohort-sizes',
] as const;
