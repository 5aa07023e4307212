import type { Command } from 'commander'

/** Command lines as people type them, by the command whose help shows them. Those of `run`, `setting` and `channel` stand with their own help. */
export const examples: Readonly<Record<string, readonly string[]>> = {
  'template lint': [
    'stint template lint templates/',
    'stint template lint --format github templates/*.yaml',
    'stint template lint --server - < deploy.yaml',
  ],
  'template dry-run': [
    'stint template dry-run deploy app=web hosts=a hosts=b',
    'stint template dry-run ./deploy.yaml --input-file inputs.yaml',
  ],
  'template test': [
    'stint template test templates/',
    'stint template test --only "a dry run" deploy.test.yaml',
  ],
  'function lint': ['stint function lint functions/'],
  'task list': [
    'stint task list --state running paused --mine',
    'stint task list --template deploy --result error --limit 5 -o json',
  ],
  'task show': ['stint task show last', 'stint task show 5df68176 each-1'],
  'task follow': ['stint task follow last'],
  'task set-step': ['stint task set-step last copy DONE -m "copied by hand"'],
  'task edit': ['stint task edit last size:=3 --tag size=3 -m "asked for by Ann"'],
  'task approve': ['stint task approve last level=high'],
  'task answer': ['stint task answer last ask ok=true', `stint task answer last ask --json '{"ok": true}'`],
  'task review': [
    'stint task review last --run-again',
    `stint task review last copy --mark-done --result '{"files": 3}' -m "saw it on the host"`,
  ],
  'task delete': [
    'stint task delete --template deploy --older 30d --dry-run',
    'stint task delete --result success --older 90d -m "monthly"',
  ],
  attention: ['stint attention --kind approval input'],
  'import utask': [
    'stint import utask ~/utask --dry-run',
    'stint import utask ~/utask --allow-private --password-file passwords.txt',
  ],
}

/** Puts them below the help of their commands. */
export function addExamples(program: Command): void {
  for (const [path, lines] of Object.entries(examples)) {
    const text = ['', 'Examples:', ...lines.map((line) => `  ${line}`)].join('\n')
    commandAt(program, path.split(' '))?.addHelpText('after', text)
  }
}

/** The command of these words; undefined when there is none. */
export function commandAt(program: Command, words: readonly string[]): Command | undefined {
  let at: Command | undefined = program
  for (const word of words) at = at?.commands.find((each) => each.name() === word)
  return at
}
