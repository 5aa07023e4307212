import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { suggestion } from '@stint/schema/suggestion'
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import { Refusal } from '../../refusal.ts'

/*
 * A test file stands beside the template that it tries: health-check.test.yaml beside health-check.yaml. Unknown keys are refused,
 * so that a slip of the pen is no test that always passes.
 */

const values = z.record(z.string(), z.unknown())

const outcome = z
  .strictObject({
    output: z.unknown(),
    metadata: values,
    tags: z.record(z.string(), z.string()),
    error: z.union([
      z.string(),
      z.strictObject({ message: z.string(), type: z.enum(['client', 'server', 'fatal']).default('server') }),
    ]),
    /** The action itself runs, with all that it does. */
    real: z.literal(true),
  })
  .partial()
export type MockedOutcome = z.infer<typeof outcome>

/** One outcome for every try, or one for each, the last for all further ones. */
const mocks = z.record(
  z.string(),
  z.union([outcome, z.array(outcome).min(1)]).transform((each) => (Array.isArray(each) ? each : [each])),
)
export type Mocks = z.infer<typeof mocks>

const stepDetails = z
  .strictObject({
    state: z.string(),
    tries: z.number().int(),
    output: z.unknown(),
    output_includes: z.unknown(),
    metadata_includes: z.unknown(),
    /** What its action was given, as rendered. */
    configuration: z.unknown(),
    configuration_includes: z.unknown(),
    /** A part of its error; null: it has none. */
    error: z.string().nullable(),
    /** States of the items of a loop, in order. */
    items: z.array(z.string()),
  })
  .partial()

const expectedStep = z.union([z.string().transform((state) => ({ state })), stepDetails])
export type ExpectedStep = z.infer<typeof expectedStep>

const expected = z
  .strictObject({
    state: z.string(),
    result: z.string(),
    reason: z.string().nullable(),
    title: z.string(),
    tags: values,
    /** The rendered `result_format`. */
    outcome: z.unknown(),
    /** A part of the error that the task shows. */
    error: z.string(),
    steps: z.record(z.string(), expectedStep),
  })
  .partial()
export type Expected = z.infer<typeof expected>

const commands = ['resume', 'pause', 'cancel', 'retry-step', 'skip-step', 'resolve', 'reject'] as const

const followUp = z.strictObject({
  do: z.enum(commands),
  step: z.string().optional(),
  /** For `resolve`: the resolver's inputs. */
  with: values.optional(),
  /** From now on. */
  mocks: mocks.optional(),
  expect: expected,
})
export type FollowUp = z.infer<typeof followUp>

const rehearsal = z.strictObject({
  name: z.string().min(1),
  input: values.default({}),
  resolver_input: values.optional(),
  /** false: it waits for a resolver. */
  approved: z.boolean().default(true),
  requester: z.string().default('tester'),
  configuration: values.optional(),
  mocks: mocks.default({}),
  expect: expected,
  // biome-ignore lint/suspicious/noThenProperty: a key of the file format; it is a list, never a function.
  then: z.array(followUp).default([]),
})
export type Rehearsal = z.infer<typeof rehearsal>

const testFile = z.strictObject({
  /** Absent: the file of the same name. */
  template: z.string().optional(),
  /** What templates read as `.config`, for all cases. */
  configuration: values.default({}),
  /** For all cases; a case's own come first. */
  mocks: mocks.default({}),
  cases: z.array(rehearsal).min(1),
})

export interface TestFile extends z.infer<typeof testFile> {
  readonly path: string
  readonly templatePath: string
}

const ending = '.test.yaml'
const bytesMax = 1_048_576

/** Throws Refusal with the place of the first fault. */
export function readTestFile(path: string): TestFile {
  const text = readFileSync(path, 'utf8')
  if (text.length > bytesMax) throw new Refusal(`${path} is too long.`)
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true })
  const fault = (offset: number, message: string) => {
    const { line, col } = lines.linePos(offset)
    return new Refusal(`${path}:${line || 1}:${col || 1}: ${message}`)
  }
  const [problem] = document.errors
  if (problem !== undefined) throw fault(problem.pos[0], `This is not valid YAML: ${problem.message}.`)
  const parsed = testFile.safeParse(document.toJS({ maxAliasCount: 100 }) ?? {})
  if (parsed.success) {
    const name = parsed.data.template ?? path.slice(path.lastIndexOf('/') + 1).replace(ending, '.yaml')
    return { ...parsed.data, path, templatePath: resolve(dirname(path), name) }
  }
  const [issue] = deepest(parsed.error.issues)
  const at = issue?.path ?? []
  const said = issue === undefined ? 'This is no test file.' : sentenceOf(issue, document.getIn(at))
  const key = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const offset = key === undefined ? offsetOf(document, at) : offsetOfKey(document, at, key)
  throw fault(offset, `${at.length > 0 ? `${at.join('.')}: ` : ''}${said}`)
}

/** All keys of the file format; which of them stands where, zod knows and does not tell. */
const keys = [testFile, rehearsal, followUp, expected, outcome, stepDetails].flatMap(({ shape }) =>
  Object.keys(shape),
)

function sentenceOf(issue: z.core.$ZodIssue, given: unknown): string {
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys
    return `There is no key ${JSON.stringify(key)} here${suggestion(key, keys)}`
  }
  if (issue.code !== 'invalid_value' || typeof given !== 'string') return issue.message
  const choices = issue.values.map(String)
  return `This must be one of ${choices.join(', ')}, not ${JSON.stringify(given)}${suggestion(given, choices)}`
}

/** Of a choice between shapes, what is wrong with the one that came furthest. */
function deepest(
  issues: readonly z.core.$ZodIssue[],
  above: readonly PropertyKey[] = [],
): z.core.$ZodIssue[] {
  const found = issues.flatMap((issue): z.core.$ZodIssue[] => {
    const path = [...above, ...issue.path]
    if (issue.code !== 'invalid_union') return [{ ...issue, path }]
    const inner = issue.errors.flatMap((each) => deepest(each, path))
    return inner.length > 0 ? inner : [{ ...issue, path }]
  })
  return found.sort((a, b) => b.path.length - a.path.length)
}

function offsetOfKey(
  document: ReturnType<typeof parseDocument>,
  path: readonly PropertyKey[],
  key: string,
): number {
  const map = path.length === 0 ? document.contents : document.getIn(path, true)
  const found = isMap(map)
    ? map.items.find((pair) => isScalar(pair.key) && pair.key.value === key)
    : undefined
  const start = isNode(found?.key) ? found.key.range?.[0] : undefined
  return start ?? offsetOf(document, path)
}

function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number {
  for (let length = path.length; length >= 0; length--) {
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}
