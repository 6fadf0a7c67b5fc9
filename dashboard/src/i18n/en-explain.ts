export const enExplain = {
  'explain.title': 'Why it waits',
  'explain.fit.online': '{{fitting}} of {{agents}} agents online can run it',
  'explain.fit.registered':
    '{{fitting}} of {{agents}} registered agents can run it; none is online',
  'explain.ahead': 'Other open jobs of its priority or above: {{jobs}}',
  'explain.eta':
    'Such jobs started after {{half}}, nine of ten within {{most}} ({{samples}} starts)',
  'explain.requirements': 'What is asked for, and how many agents meet it',
  'explain.requirement': 'Requirement',
  'explain.pass': 'Pass',
  'explain.fail': 'Fail',
  'explain.only': 'Fail only this',
  'explain.changes': 'Nearest changes',
  'explain.without': 'left out',
  'explain.more_one': '{{count}} more agent',
  'explain.more_other': '{{count}} more agents',
  'explain.from': 'from {{price}} per GPU hour',
  'explain.wait.nobody_registered':
    'No agent has registered yet; the first that fits gets the job.',
  'explain.wait.nobody_fits': 'No registered agent could ever run this job.',
  'explain.wait.nobody_online':
    'Agents that could run it are registered, but none of them is online.',
  'explain.wait.all_busy': 'Every agent that could run it is busy.',
  'explain.wait.reserved': 'Every agent that could run it is reserved for somebody else.',
  'explain.wait.not_before': 'It waits before its next attempt.',
  'explain.wait.dependencies': 'It waits for the jobs that it comes after.',
  'explain.wait.turn': 'An agent that could run it is free and gets it when its turn comes.',
};
