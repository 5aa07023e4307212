/**
 * What the template language has beyond µTask's, in one list for the checker's tests, the editor, `stint template docs` and the
 * README. A key that is added to the language is added here, or a test fails.
 */
export interface Addition {
  /** Where it stands: at the top of a template, in a step, in a condition, in a text. */
  readonly where: 'template' | 'step' | 'condition' | 'text'
  readonly key: string
  /** A sentence about what it does. */
  readonly description: string
  /** As a template writes it. */
  readonly example: string
}

export const additions: readonly Addition[] = [
  {
    where: 'template',
    key: 'on_error',
    description: 'What a failed step does to its task: pause it (the default), fail it, or skip the step.',
    example: 'on_error: fail',
  },
  {
    where: 'template',
    key: 'strict_values',
    description: 'A missing value in a text is an error instead of <no value>.',
    example: 'strict_values: true',
  },
  {
    where: 'template',
    key: 'locks',
    description:
      'Resources that a task needs before its first step, exclusive or shared, for one operation or all; on a conflict it fails, waits or coalesces.',
    example:
      "locks: [{resource: 'host/{{.input.host}}', mode: exclusive, on_conflict: wait, wait_timeout: 10m}]",
  },
  {
    where: 'template',
    key: 'links',
    description: 'Resources that a task refers to without locking them; it is found by them.',
    example: "links: ['host/{{.input.host}}']",
  },
  {
    where: 'template',
    key: 'limits',
    description: 'How many tasks hold a resource at once in the whole cluster, or start within a time.',
    example: 'limits: [{resource: mail-relay, capacity: 5, per: 1m}]',
  },
  {
    where: 'template',
    key: 'priority',
    description: 'A higher number starts sooner; -1,000 to 1,000.',
    example: 'priority: 10',
  },
  {
    where: 'template',
    key: 'max_parallel',
    description: 'Steps of one task that run side by side; 50 unless said.',
    example: 'max_parallel: 5',
  },
  {
    where: 'template',
    key: 'region',
    description: 'Only executors of this region run its tasks.',
    example: 'region: west',
  },
  {
    where: 'template',
    key: 'cleanup_after',
    description:
      'How long a task is kept once it is over; then it is deleted with its children, logs and deliveries. It counts instead of the setting keep_tasks_for.',
    example: 'cleanup_after: 720h',
  },
  {
    where: 'template',
    key: 'troubleshooting',
    description: 'What to try when a task of it fails; shown on the page of a failed task.',
    example: 'troubleshooting: Look at the disk first.',
  },
  {
    where: 'step',
    key: 'timeout',
    description: 'A try that takes longer is stopped, and counts as the server’s failure.',
    example: 'timeout: 30s',
  },
  {
    where: 'step',
    key: 'if',
    description: 'A JavaScript expression over input, step, config, …; the step is pruned when it is false.',
    example: "if: 'input.count > 10'",
  },
  {
    where: 'step',
    key: 'foreach_concurrency',
    description: 'Items of a loop that run side by side.',
    example: 'foreach_concurrency: 3',
  },
  {
    where: 'step',
    key: 'on_parent_stop',
    description:
      'What becomes of the sub-tasks of the step when its task stops: cancel (the default; they also pause with it) or leave.',
    example: 'on_parent_stop: leave',
  },
  {
    where: 'condition',
    key: 'on',
    description: 'Outcomes after which a check is asked besides DONE, CLIENT_ERROR and AFTERRUN_ERROR.',
    example: 'on: [SERVER_ERROR]',
  },
  {
    where: 'text',
    key: '| typed',
    description:
      'A text that is exactly one handle keeps the JSON type of its value instead of becoming text.',
    example: "list: '{{.step.read.output.items | typed}}'",
  },
]

const places: Record<Addition['where'], string> = {
  template: 'At the top',
  step: 'In a step',
  condition: 'In a condition',
  text: 'In a text',
}

/** The list as Markdown: what the command line prints and the README holds. */
export function additionsMarkdown(): string {
  const rows = additions.map(({ where, key, description, example }) => {
    const cell = (text: string) => text.replaceAll('|', '\\|')
    return `| ${places[where]} | \`${cell(key)}\` | ${cell(description)} | \`${cell(example)}\` |`
  })
  return ['| where | what | meaning | as in |', '| --- | --- | --- | --- |', ...rows].join('\n')
}
