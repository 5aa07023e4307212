import { expect, test } from 'vitest'
import { brokenTemplates, requiredLines } from './check.corpus.ts'
import { checkTemplate } from './check.ts'
import type { ActionShape } from './rules/actions.ts'
import { suggestion } from './suggestion.ts'

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

/** What this process has computed since `from`: unlike the clock on the wall it does not count what others do. */
function cpuMs(from = process.cpuUsage()): number {
  const { user, system } = process.cpuUsage(from)
  return (user + system) / 1000
}

function chainOf(count: number): string {
  const steps = Array.from({ length: count }, (_, i) => {
    const before = i === 0 ? '' : `\n    dependencies: [step${i - 1}]`
    const text = i === 0 ? 'start' : `{{.step.step${i - 1}.output.text | upper}} and {{.input.name}}`
    return `  step${i}:\n    description: Step number ${i}${before}\n    action:\n      type: echo\n      configuration:\n        output: {text: '${text}'}`
  })
  return `${requiredLines}inputs: [{name: name}]\nsteps:\n${steps.join('\n')}`
}

test('a chain of 2,000 steps is checked, at a cost that grows with its length and not faster', () => {
  const checked = checkTemplate(chainOf(2000), { actions, stepsMax: 2000 })
  expect(checked.findings).toEqual([])
  expect(checked.template?.steps.length).toBe(2000)
  expect(checkTemplate(chainOf(2000), { actions, stepsMax: 1000 }).findings[0]?.code).toBe('too-large')
  const cost = (count: number) => {
    const tries = [1, 2, 3].map(() => {
      const from = process.cpuUsage()
      checkTemplate(chainOf(count), { actions, stepsMax: 2000 })
      return cpuMs(from)
    })
    return Math.min(...tries)
  }
  // Four times the steps; a square would be 16.
  expect(cost(2000)).toBeLessThan(10 * cost(500))
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
])('%s is refused at little cost', (_, text) => {
  const bomb = text.startsWith('a: &a') ? `base_configurations:\n${text.replace(/^/gm, '  ')}` : text
  const from = process.cpuUsage()
  const { template, findings } = checkTemplate(requiredLines + bomb)
  expect(template).toBeUndefined()
  expect(findings.length).toBeGreaterThan(0)
  expect(cpuMs(from)).toBeLessThan(1000)
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
  const text = (dependencies: readonly string[]) => {
    const line = (name: string) =>
      `  ${name}: {action: {type: echo}, dependencies: [${dependencies.join(', ')}]}`
    return `${requiredLines}steps:\n${names.map(line).join('\n')}`
  }
  const took = (dependencies: readonly string[]) => {
    const from = process.cpuUsage()
    const { findings } = checkTemplate(text(dependencies))
    return { ms: cpuMs(from), findings: findings.length }
  }
  const best = (dependencies: readonly string[]) => {
    const tries = [1, 2, 3].map(() => took(dependencies))
    return tries.reduce((a, b) => (a.ms < b.ms ? a : b))
  }
  // Held against names of the same length that resemble none; without bounds it was 300 times.
  const apart = best(unknown.map((name, i) => `${'q'.repeat(name.length - 2)}${i}`))
  const alike = best(unknown)
  expect([apart.findings, alike.findings]).toEqual([200, 200])
  expect(alike.ms).toBeLessThan(10 * apart.ms)
})

test('the distance between names is that of the whole table', () => {
  const letters = ['a', 'b', 'c']
  const random = (seed: number) =>
    Array.from({ length: (seed * 7) % 9 }, (_, i) => letters[(seed * (i + 3)) % 3]).join('')
  for (let i = 0; i < 3000; i++) {
    const [a, b] = [`x${random(i)}`, `x${random(i * 5 + 1)}`]
    const isNear =
      distanceOf(a, b) <= (a.length < 2 ? 0 : a.length < 4 ? 1 : a.length < 9 ? 2 : 3) || isSwapOf(a, b)
    expect([a, b, suggestion(a, [b]) !== '.']).toEqual([a, b, isNear])
  }
})

/** Do two neighbours change places? */
function isSwapOf(a: string, b: string): boolean {
  const swaps = Array.from(
    { length: a.length - 1 },
    (_, i) => `${a.slice(0, i)}${a[i + 1]}${a[i]}${a.slice(i + 2)}`,
  )
  return swaps.includes(b)
}

/** Levenshtein's distance in its plainest form. */
function distanceOf(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => i + j),
  )
  const at = (i: number, j: number) => table[i]?.[j] ?? 0
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      ;(table[i] as number[])[j] = Math.min(replaced, at(i - 1, j) + 1, at(i, j - 1) + 1)
    }
  }
  return at(a.length, b.length)
}

test.each([
  ['stap', 'step'],
  ['setps', 'steps'],
  ['descritpion', 'description'],
  ['DESCRIPTION_', 'description'],
  ['ulr', 'url'],
  ['xyz', undefined],
])('for %s the known name %s is offered', (name, expected) => {
  const known = ['steps', 'step', 'description', 'inputs', 'url']
  expect(suggestion(name, known)).toBe(expected === undefined ? '.' : `; did you mean "${expected}"?`)
})
