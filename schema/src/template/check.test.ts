import { expect, test } from 'vitest'
import { brokenTemplates, requiredLines } from './check.corpus.ts'
import { checkTemplate } from './check.ts'
import { suggestion } from './findings.ts'
import type { ActionShape } from './rules/actions.ts'

const actions = new Map<string, ActionShape>([
  ['echo', { configuration: { type: 'object' } }],
  [
    'fetch',
    {
      configuration: {
        type: 'object',
        required: ['url'],
        additionalProperties: false,
        properties: {
          url: { type: 'string', minLength: 1 },
          method: { enum: ['GET', 'POST'] },
          timeout: { type: 'integer', minimum: 1 },
          headers: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } },
        },
      },
    },
  ],
])

function findingsOf(text: string): string[] {
  return checkTemplate(text, { actions }).findings.map((finding) => {
    const mark = finding.severity === 'warning' ? '~' : ''
    return `${mark}${finding.line}:${finding.column} ${finding.code}`
  })
}

test.each(brokenTemplates)('$promise is found at its place', ({ text, findings }) => {
  expect(findingsOf(requiredLines + text)).toEqual(findings)
})

test('an error leaves no template, a warning does', () => {
  for (const { text, findings } of brokenTemplates) {
    const { template } = checkTemplate(requiredLines + text, { actions })
    expect(template === undefined).toBe(findings.some((finding) => !finding.startsWith('~')))
  }
})

test.each([
  ['', ['1:1 missing-key']],
  ['- a', ['1:1 wrong-type']],
  ['name: abc', ['1:1 missing-key', '1:1 missing-key']],
  [`${requiredLines}---\nname: x`, ['4:1 yaml-syntax']],
])('%j is refused', (text, expected) => {
  expect(findingsOf(text)).toEqual(expected)
})

test('what is missing is named with the reason', () => {
  const { findings } = checkTemplate('name: abc')
  expect(findings.map((finding) => finding.message)).toEqual([
    '"title_format" is missing: it makes the title of each task.',
    '"description" is missing: one sentence saying what it does.',
  ])
})

test('a cycle names its chain, an unknown name the nearest known one', () => {
  const cycle = checkTemplate(`${requiredLines}steps:
  a: {action: {type: echo}, dependencies: [b]}
  b: {action: {type: echo}, dependencies: [a]}`)
  expect(cycle.findings[0]?.message).toContain('a → b → a')
  const unknown = checkTemplate(`${requiredLines}stepps: {}`)
  expect(unknown.findings[0]).toMatchObject({
    path: 'stepps',
    message: expect.stringContaining('did you mean "steps"?'),
  })
})

test('a template of 2,000 steps in one chain is checked within 2 s', () => {
  const steps = Array.from({ length: 2000 }, (_, i) => {
    const before = i === 0 ? '' : `\n    dependencies: [step${i - 1}]`
    const text = i === 0 ? 'start' : `{{.step.step${i - 1}.output.text | upper}} and {{.input.name}}`
    return `  step${i}:\n    description: Step number ${i}${before}\n    action:\n      type: echo\n      configuration:\n        output: {text: '${text}'}`
  })
  const text = `${requiredLines}inputs: [{name: name}]\nsteps:\n${steps.join('\n')}`
  const start = performance.now()
  const { template, findings } = checkTemplate(text, { actions, stepsMax: 2000 })
  const took = performance.now() - start
  expect(findings).toEqual([])
  expect(template?.steps.length).toBe(2000)
  expect(took).toBeLessThan(2000)
  expect(checkTemplate(text, { actions, stepsMax: 1000 }).findings[0]?.code).toBe('too-large')
})

test.each([
  [
    'an alias bomb',
    `a: &a [x,x,x,x,x,x,x,x,x]\n${[...'bcdefghi'].map((c, i) => `${c}: &${c} [${'*'.concat('abcdefgh'[i] as string, ',').repeat(9)}]`).join('\n')}`,
  ],
  ['an alias of itself', 'tags: &a\n  x: *a'],
  ['a merge of itself', 'tags: &a\n  <<: *a'],
  ['deep nesting', `tags: ${'['.repeat(5000)}${']'.repeat(5000)}`],
  ['a text beyond the limit', `long_description: ${'x'.repeat(1_100_000)}`],
  [
    'deeply nested configuration',
    `steps:\n  a: {action: {type: echo, configuration: {a: ${'['.repeat(200)}${']'.repeat(200)}}}}`,
  ],
])('%s is refused within a second', (_, text) => {
  const bomb = text.startsWith('a: &a') ? `base_configurations:\n${text.replace(/^/gm, '  ')}` : text
  const start = performance.now()
  const { template, findings } = checkTemplate(requiredLines + bomb)
  expect(template).toBeUndefined()
  expect(findings.length).toBeGreaterThan(0)
  expect(performance.now() - start).toBeLessThan(1000)
})

test('names of JavaScript are ordinary names', () => {
  const { template } = checkTemplate(`${requiredLines}tags: {__proto__: a, constructor: b}
steps:
  toString: {action: {type: echo, configuration: {__proto__: {x: 1}}}}`)
  expect(Object.keys(template?.tags ?? {})).toEqual(['__proto__', 'constructor'])
  expect(JSON.stringify(template?.steps[0]?.action.configuration)).toBe('{"__proto__":{"x":1}}')
  expect(({} as Record<string, unknown>).x).toBeUndefined()
})

test('thousands of unknown names are not all compared with all known ones', () => {
  const names = Array.from({ length: 900 }, (_, i) => `step-with-a-rather-long-name-number-${i}`)
  const unknown = Array.from({ length: 20 }, (_, i) => `step-with-a-rather-lang-nume-number-${i}x`)
  const line = (name: string) => `  ${name}: {action: {type: echo}, dependencies: [${unknown.join(', ')}]}`
  const text = `${requiredLines}steps:\n${names.map(line).join('\n')}`
  const start = performance.now()
  const { findings } = checkTemplate(text)
  expect(findings).toHaveLength(200)
  // Nearly all of it is the YAML parser; without the bounds it was three minutes.
  expect(performance.now() - start).toBeLessThan(3000)
})

test.each([
  ['stap', 'step'],
  ['setps', 'steps'],
  ['descritpion', 'description'],
  ['DESCRIPTION_', 'description'],
  ['xyz', undefined],
])('for %s the known name %s is offered', (name, expected) => {
  const known = ['steps', 'step', 'description', 'inputs']
  expect(suggestion(name, known)).toBe(expected === undefined ? '.' : `; did you mean "${expected}"?`)
})
