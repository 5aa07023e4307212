const opening = { label: 'first-report', title: 'Hello from my shell' }

const reports = [
  {
    seq: 1,
    progress: 0.3,
    steps: [
      { name: 'prepare', state: 'DONE' },
      { name: 'work', state: 'RUNNING' },
    ],
    log: [{ step: 'work', text: 'Working on it\n' }],
  },
  { seq: 2, progress: 0.7, log: [{ step: 'work', text: 'Nearly there\n' }] },
  {
    seq: 3,
    steps: [{ name: 'work', state: 'DONE', output: { answer: 42 } }],
    state: 'stopped',
    result: 'success',
  },
]

// The answer is one line of JSON; sed is in every shell, jq is not.
const taken = (name: string) => `"$(printf %s "$answer" | sed 's/.*"${name}": *"\\([^"]*\\)".*/\\1/')"`

/**
 * Lines for a POSIX shell that open a reported task with the token and then tell three things about it, a few seconds
 * apart, so that somebody can watch it here.
 */
export function reportScript(origin: string, token: string): string {
  const json = `-H 'Content-Type: application/json'`
  return [
    `answer=$(curl -sS ${origin}/api/reports ${json} \\`,
    `  -H 'Authorization: Bearer ${token}' \\`,
    `  -d '${JSON.stringify(opening)}')`,
    `task=${taken('taskId')}`,
    `key=${taken('reportToken')}`,
    `tell() { curl -sS ${origin}/api/reports/$task ${json} -H "Authorization: Bearer $key" -d "$1"; echo; sleep 4; }`,
    ...reports.map((report) => `tell '${JSON.stringify(report)}'`),
  ].join('\n')
}
