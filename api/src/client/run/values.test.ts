import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CliError } from '../exit.ts'
import type { TemplateInput } from '../template/documents.ts'
import { readPairs, readTags } from './values.ts'

function input(
  name: string,
  type: TemplateInput['type'] = 'STRING',
  more: Partial<TemplateInput> = {},
): TemplateInput {
  const rest = {
    description: null,
    legalValues: null,
    collection: false,
    optional: false,
    default: null,
    hidden: false,
  }
  return { name, type, ...rest, ...more }
}

const inputs = [
  input('name'),
  input('count', 'NUMBER'),
  input('dry', 'BOOL'),
  input('hosts', 'STRING', { collection: true }),
  input('sizes', 'NUMBER', { collection: true }),
  input('secret', 'PASSWORD', { hidden: true }),
]

describe('inputs on the command line', () => {
  it.each([
    [['name=Ada'], { name: 'Ada' }],
    [['name='], { name: '' }],
    [['name=a=b:=c'], { name: 'a=b:=c' }],
    [['name=42'], { name: '42' }],
    [['count=42'], { count: 42 }],
    [['count=-1.5e3'], { count: -1500 }],
    [['dry=yes'], { dry: true }],
    [['dry=False'], { dry: false }],
    [['hosts=a'], { hosts: ['a'] }],
    [['hosts=a', 'hosts=b'], { hosts: ['a', 'b'] }],
    [['sizes=1', 'sizes=2'], { sizes: [1, 2] }],
    [['hosts:=["a", "b"]'], { hosts: ['a', 'b'] }],
    [['count:=42'], { count: 42 }],
    [['secret=@@x'], { secret: '@x' }],
    [[], {}],
  ])('%j are %j', (pairs, values) => expect(readPairs(pairs, inputs)).toEqual(values))

  it.each([
    [['name'], 'no input'],
    [['=x'], 'no input'],
    [['nam=x'], 'Its inputs: name, count, dry, hosts, sizes'],
    [['count=many'], 'must be a number'],
    [['count=0x10'], 'must be a number'],
    [['dry=maybe'], 'must be true or false'],
    [['name=a', 'name=b'], 'given twice'],
    [['hosts=a', 'hosts:=["b"]'], 'given twice'],
    [['count:=forty'], 'needs JSON'],
    [['secret=@/none/such'], 'There is no file /none/such.'],
    [['__proto__=x'], 'no input "__proto__"'],
  ])('%j are refused: %s', (pairs, reason) => {
    let failure: unknown
    try {
      readPairs(pairs, inputs)
    } catch (error) {
      failure = error
    }
    expect(failure).toMatchObject({ exitCode: 2 })
    const { message, hint } = failure as CliError
    expect(`${message} ${hint}`).toContain(reason)
  })

  it('come from a file, without its last line end', () => {
    const folder = mkdtempSync(join(tmpdir(), 'stint-values-'))
    writeFileSync(join(folder, 'key.pem'), 'one\ntwo\n')
    expect(readPairs([`secret=@${join(folder, 'key.pem')}`], inputs)).toEqual({ secret: 'one\ntwo' })
    rmSync(folder, { recursive: true })
  })
})

it('tags are names and values', () => {
  expect(readTags(['a=1', 'b=x=y'])).toEqual([
    { name: 'a', value: '1' },
    { name: 'b', value: 'x=y' },
  ])
  expect(() => readTags(['a'])).toThrow(CliError)
})
