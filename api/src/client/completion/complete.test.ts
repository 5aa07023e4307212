import { expect, it } from 'vitest'
import { stintProgram } from '../program.ts'
import { withWrap } from '../report/commands.ts'
import { knownCandidates, placeOf } from './complete.ts'

const program = stintProgram({ code: 0 }, '0')

function candidates(line: string): string[] {
  const words = line.split(' ')
  const current = words.at(-1) as string
  return knownCandidates(placeOf(program, words.slice(0, -1)), current).filter((each) =>
    each.startsWith(current),
  )
}

it.each([
  ['l', ['login', 'logout']],
  ['ta', ['task']],
  ['temp', ['template']],
  ['task c', ['cancel', 'comment']],
  ['-o json task l', ['list']],
  ['task list --state p', ['pending', 'paused']],
  ['task list --state paused r', ['running']],
  ['task list --state=pa', ['--state=paused']],
  ['-o ', ['table', 'json']],
  ['task review last step --dec', ['--decision']],
  ['task review last step --decision ', ['run-again', 'mark-done', 'skip', 'fail']],
  ['task show last --o', ['--output']],
  ['task cancel --reason because ', []],
  ['completion ', ['bash', 'zsh', 'fish']],
  ['report log id --stream std', ['stdout', 'stderr']],
])('after %j come %j', (line, expected) => expect(candidates(line)).toEqual(expected))

it('knows what an operand is in spite of options before it', () => {
  const { command, operands } = placeOf(program, ['run', '--wait', 'x', 'a=1'])
  expect([command.name(), operands]).toEqual(['run', ['a=1']])
})

it.each([
  ['report -- open x', 'report wrap -- open x'],
  ['--url u report --label l -- make report', '--url u report wrap --label l -- make report'],
  ['report wrap -- log', 'report wrap -- log'],
  ['report open --label -- x', 'report open --label -- x'],
  ['report log id -- text', 'report log id -- text'],
  ['run x -- report', 'run x -- report'],
])('%j means %j', (line, expected) => expect(withWrap(line.split(' ')).join(' ')).toBe(expected))
