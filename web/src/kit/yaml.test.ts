import { expect, it } from 'vitest'
import { yamlLines, yamlRuns } from './yaml.ts'

const text = `name: new-member
# a comment
steps:
  createUser:
    description: "Create: the user"
    url: http://127.0.0.1/{{.input.name}}/x # why
    dependencies: [a, 'b:ANY']
    list:
      - - nested
      - if: {{ true }}
  - plain
just text`

it('never loses or adds a character', () => {
  for (const line of text.split('\n')) {
    expect(
      yamlRuns(line)
        .map((run) => run.text)
        .join(''),
    ).toBe(line)
  }
})

it('tells keys, comments, strings and template handles apart', () => {
  expect(yamlRuns('name: x')[0]).toEqual({ text: 'name', kind: 'key' })
  expect(yamlRuns('  # note')).toEqual([{ text: '  # note', kind: 'comment' }])
  expect(yamlRuns('a: "b: c"').at(-1)).toEqual({ text: ' "b: c"', kind: 'string' })
  expect(yamlRuns('a: x{{.input.y}}').map((run) => run.kind)).toContain('handle')
  expect(yamlRuns('a: 1 # why').at(-1)).toEqual({ text: ' # why', kind: 'comment' })
})

it('takes a block of text as text until its indentation ends', () => {
  const lines = yamlLines('long: |\n  see: this\n\n  * that: too\nnext: 1')
  expect(lines.map((line) => line[0]?.kind)).toEqual(['key', 'string', undefined, 'string', 'key'])
  expect(lines.map((line) => line.map((run) => run.text).join('')).join('\n')).toBe(
    'long: |\n  see: this\n\n  * that: too\nnext: 1',
  )
})
