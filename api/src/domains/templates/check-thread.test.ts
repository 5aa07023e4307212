import { expect, test } from 'vitest'
import { ActionRegistry } from '../../engine/action.ts'
import { echoAction } from '../../engine/actions/echo.ts'
import { templateCheck } from './check.ts'

const picky = {
  type: 'picky',
  description: 'Takes nothing but good words.',
  configuration: { type: 'object', properties: { word: { type: 'string' } }, additionalProperties: false },
  idempotent: true,
  check: ({ word }: Record<string, unknown>) => (word === 'bad' ? ['This word is bad.'] : []),
  run: () => ({}),
}
const registry = new ActionRegistry().add(echoAction).add(picky)
const check = templateCheck(registry, { configItems: () => new Set(['site']) })

const head = "name: long\ndescription: about\ntitle_format: 'x {{.config.Site}}'\n"
/** A comment that makes the text long. */
const padding = `# ${'x'.repeat(120_000)}\n`
const steps = (word: string) =>
  `steps:\n  one: {action: {type: echo, configuration: {output: ${padding.length}}}}\n  two: {action: {type: picky, configuration: {word: ${word}}}}\n`

test('a long text is checked elsewhere, with the same findings and the same template', async () => {
  for (const text of [
    head + steps('good'),
    head + steps('bad'),
    `${head}${steps('good')}nonsense: 1\n`,
    `${head}steps: {one: {action: {type: nope}}}\n`,
    'a: b: c\n',
    `${head}steps: {one: {action: {type: echo}, json_schema: {type: nope}, if: 'a ==='}}\n`,
  ]) {
    const [short, long] = await Promise.all([check(text), check(text + padding)])
    expect(long.findings).toEqual(short.findings)
    expect(JSON.stringify(long.template)).toEqual(JSON.stringify(short.template))
  }
})

test('texts that are asked about at once get their own answers', async () => {
  const words = Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? 'good' : 'bad'))
  const answers = await Promise.all(words.map((word) => check(head + steps(word) + padding)))
  expect(answers.map(({ template }) => (template === undefined ? 'bad' : 'good'))).toEqual(words)
})

test('a step that names a template that is not there is warned about, and nothing is refused', async () => {
  const starts = {
    ...picky,
    type: 'starts',
    configuration: { type: 'object', properties: { template: { type: 'string' } } },
    namesTemplate: 'template',
  }
  const knowing = templateCheck(new ActionRegistry().add(starts), {
    templates: async () => new Set(['reboot-host']),
  })
  const step = (name: string, template: string) =>
    `  ${name}: {action: {type: starts, configuration: {template: ${template}}}}\n`
  const named = ['reboot-host', "'{{.input.which}}'", 'self', 'reboot-hosd', "'{{`x`}}'"]
  const inputs = 'inputs: [{name: which, description: which}]\n'
  const head = `name: self\ndescription: about\ntitle_format: 'one {{.input.which}}'\n${inputs}steps:\n`
  const text = head + named.map((name, i) => step(`s${i}`, name)).join('')
  for (const each of [text, text + padding]) {
    const { template, findings } = await knowing(each)
    expect(findings).toEqual([
      {
        line: 9,
        column: 57,
        severity: 'warning',
        code: 'unknown-template',
        path: 'steps.s3.action.configuration.template',
        message: 'There is no template "reboot-hosd" yet; did you mean "reboot-host"?',
      },
    ])
    expect(template?.name).toBe('self')
  }
})
