import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Addition, additions } from './additions.ts'
import { checkTemplate } from './check.ts'

/** µTask's keys; the checker knows these and the additions, and no others. */
const known = {
  template:
    'name description long_description doc_link title_format result_format allowed_resolver_usernames allowed_resolver_groups allow_all_resolver_usernames auto_runnable blocked hidden retry_max allow_task_start_over inputs resolver_inputs variables tags base_configurations steps',
  step: 'name description idempotent action pre_hook json_schema retry_pattern max_retries execution_delay dependencies custom_states conditions foreach foreach_strategy resources',
  condition: 'type if then final foreach message',
}

const head = 'name: added\ndescription: Has all additions\ntitle_format: Added\n'
const inputs = 'inputs: [{name: host, optional: true}]\n'

function textOf({ where, example }: Addition): string {
  if (where === 'template') return `${head}${inputs}${example}\nsteps: {}\n`
  const step = where === 'step' ? example : ''
  const foreach = example.startsWith('foreach') ? "\n    foreach: '[1]'" : ''
  const condition =
    where === 'condition' ? `\n    conditions: [{type: check, if: [], then: {this: DONE}, ${example}}]` : ''
  const configuration = where === 'text' ? `, configuration: {output: {${example}}}` : ''
  return `${head}${inputs}steps:\n  read: {action: {type: echo}}\n  one:\n    dependencies: [read]\n    ${step}${foreach}${condition}\n    action: {type: echo${configuration}}\n`
}

test.each(additions.map((each) => [each.key, each] as const))(
  'the example of %s is a good one',
  (_, each) => {
    const { template, findings } = checkTemplate(textOf(each))
    expect(findings).toEqual([])
    expect(template).toBeDefined()
  },
)

test('no key of the language is missing', () => {
  const source = (file: string) => readFileSync(new URL(`read/${file}.ts`, import.meta.url), 'utf8')
  const keysIn = (text: string, name: string) =>
    [...(new RegExp(`const ${name} = \\[([^\\]]*)\\]`).exec(text)?.[1] ?? '').matchAll(/'(\w+)'/g)].map(
      ([, key]) => key,
    )
  const lists = {
    template: keysIn(source('template'), 'templateKeys'),
    step: keysIn(source('step'), 'stepKeys'),
    condition: keysIn(source('action'), 'conditionKeys'),
  }
  for (const [where, keys] of Object.entries(lists)) {
    const own = additions.filter((each) => each.where === where).map(({ key }) => key)
    expect([...own].sort()).toEqual(
      keys.filter((key) => !known[where as keyof typeof known].split(' ').includes(key ?? '')).sort(),
    )
  }
})

test('the README has each of them', () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')
  for (const { key } of additions) expect(readme).toContain(key.replace('| ', ''))
})
