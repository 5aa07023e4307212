import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { checkout } from '../../base/config.ts'
import { Person } from '../../testing/command-line.ts'

// Nobody listens there: everything here works without a server.
const person = new Person('http://127.0.0.1:1')
const folder = mkdtempSync(join(tmpdir(), 'stint-offline-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function write(file: string, text: string): string {
  const path = join(folder, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  return path
}

const head = (name: string) => `name: ${name}\ndescription: About ${name}\ntitle_format: Do ${name}\n`
write(
  'good/functions/net/greet.yaml',
  "name: greet\naction: {type: echo, configuration: {output: 'hi {{.function_args.who}}'}}\n",
)
write('good/scripts/facts.sh', '#!/bin/sh\necho "{}"\n')
write(
  'good/templates/greeting.yaml',
  `${head('greeting')}inputs: [{name: who, description: Whom}]
steps:
  greet: {action: {type: greet, configuration: {who: '{{.input.who}}'}}}
  ask:
    dependencies: [greet]
    max_retries: 3
    action: {type: http, configuration: {url: 'https://api.example/{{.input.who}}', method: GET}}
result_format: {said: '{{.step.greet.output}}', answer: '{{.step.ask.output.answer}}'}
`,
)

describe('stint template lint', () => {
  it('knows the action notify, which lives with the channels', async () => {
    const told = write(
      'told.yaml',
      `${head('told')}steps:\n  tell: {action: {type: notify, configuration: {message: done, backends: [ops]}}}\n`,
    )
    expect(await person.stint(['template', 'lint', told])).toMatchObject({ code: 0, stdout: '' })
  })

  it('knows actions, the functions beside the templates, JSON Schemas and expressions', async () => {
    expect(await person.stint(['template', 'lint', join(folder, 'good')])).toEqual({
      code: 0,
      stdout: '',
      stderr: '0 errors, 0 warnings, 2 files\n',
    })
    const bad = write(
      'bad.yaml',
      `${head('bad')}steps:
  one: {action: {type: htp}}
  two: {action: {type: http, configuration: {method: GET}}}
  three: {if: 'a ===', action: {type: echo}, json_schema: {type: nonsense}}
`,
    )
    const { code, stdout } = await person.stint(['template', 'lint', bad])
    expect(code).toBe(1)
    expect(
      stdout
        .split('\n')
        .map((line) => line.replace(/^.*?bad\.yaml:|message.*/g, '').replace(/: error.*\[/, ' [')),
    ).toEqual([
      expect.stringMatching(/^5:24 \[unknown-action\]$/),
      expect.stringMatching(/^6:\d+ \[action-configuration\]$/),
      expect.stringMatching(/^7:\d+ \[invalid-expression\]$/),
      expect.stringMatching(/^7:\d+ \[invalid-schema\]$/),
      '',
    ])
  })

  it('tells programs and GitHub workflows', async () => {
    const file = write(
      'warned.yaml',
      `${head('warned')}steps: {a: {action: {type: echo, configuration: {output: yes}}}}\n`,
    )
    const annotations = await person.stint(['template', 'lint', '--format', 'github', file])
    expect([annotations.code, annotations.stdout]).toEqual([
      3,
      expect.stringMatching(/^::warning file=.*warned\.yaml,line=4,col=\d+,title=yaml-boolean::/),
    ])
    const { stdout } = await person.stint(['template', 'lint', '-o', 'json', file])
    expect(JSON.parse(stdout)).toMatchObject([{ file, line: 4, severity: 'warning', code: 'yaml-boolean' }])
  })

  it('says what it cannot read', async () => {
    expect(await person.stint(['template', 'lint', join(folder, 'nothing.yaml')])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('nothing.yaml'),
    })
  })
})

describe('what is no template', () => {
  it('is sent to where it is checked', async () => {
    const lint = (...paths: string[]) =>
      person.stint(['template', 'lint', ...paths.map((path) => join(folder, path))])
    expect(await lint('good/functions/net/greet.yaml')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is a function, no template; check it with: stint function lint'),
    })
    expect(await lint('none.yaml')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no file'),
    })
  })
})

describe('stint function lint', () => {
  it('checks functions with those they call', async () => {
    expect((await person.stint(['function', 'lint', join(folder, 'good/functions')])).code).toBe(0)
    write('round/a.yaml', 'name: a\naction: {type: b}\n')
    write('round/b.yaml', 'name: b\naction: {type: a}\n')
    const { code, stdout } = await person.stint(['function', 'lint', join(folder, 'round')])
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/a\.yaml:2:16: error: .*without end.* \[cycle\]/),
    ])
  })
})

describe('stint template test', () => {
  it('runs the tests of the templates that come with the product', async () => {
    const { code, stdout, stderr } = await person.stint(['template', 'test', join(checkout, 'api/templates')])
    expect([code, stderr]).toEqual([0, expect.stringMatching(/^[4-9]\d* passed, 0 failed\n$/)])
    expect(stdout).toMatch(/^ok {5}.*health-check\.test\.yaml: everything answers$/m)
  })

  it('shows every difference at its place, retries without waiting, and never reaches out', async () => {
    const test = write(
      'good/templates/greeting.test.yaml',
      `cases:
  - name: as it is
    input: {who: ada}
    mocks:
      ask: [{error: no answer}, {error: {message: still none, type: server}}, {output: {answer: 42}, metadata: {HTTPStatus: 200}}]
    expect:
      result: success
      steps:
        greet: {state: DONE, output: hi ada}
        ask: {state: DONE, tries: 3, metadata_includes: {HTTPStatus: 200}, configuration_includes: {url: https://api.example/ada}}
      outcome: {said: hi ada, answer: '42'}
  - name: as it is not
    input: {who: ada}
    mocks: {ask: {output: {answer: 1, more: [1]}}}
    expect:
      result: error
      title: Do something
      steps:
        greet: {output: hi bob}
        ask: {state: CLIENT_ERROR, tries: 2, output: {answer: 2}}
  - name: without a mock
    input: {who: ada}
    expect: {state: stopped}
  - name: without an input
    expect: {state: stopped}
`,
    )
    const { code, stdout } = await person.stint(['template', 'test', '-o', 'json', test])
    expect(code).toBe(1)
    const reports = JSON.parse(stdout) as { name: string; differences: string[] }[]
    const found = Object.fromEntries(reports.map(({ name, differences }) => [name, differences]))
    expect(found).toEqual({
      'as it is': [],
      'as it is not': [
        'result: expected "error", got "success"',
        'title: expected "Do something", got "Do greeting"',
        'steps.greet.output: expected "hi bob", got "hi ada"',
        'steps.ask.state: expected "CLIENT_ERROR", got "DONE"',
        'steps.ask.tries: expected 2, got 1',
        'steps.ask.output.answer: expected 2, got 1',
        'steps.ask.output.more: expected nothing, got [1]',
      ],
      'without a mock': ['state: expected "stopped", got "paused"'],
      'without an input': ['input.who: A value is required.'],
    })
    expect((await person.stint(['template', 'test', '--only', 'as it is not', test])).stdout).toMatch(
      /^FAILED .*: as it is not\n {9}result: expected/,
    )
  })

  it.each([
    [
      'a key that it does not know',
      'cases:\n  - name: a\n    expect: {}\n    frob: 1\n',
      /:4:5: cases\.0: There is no key "frob" here\./,
    ],
    [
      'a key that is nearly right',
      'cases:\n  - name: a\n    expect: {resutl: success}\n',
      /:3:14: cases\.0\.expect: There is no key "resutl" here; did you mean "result"\?/,
    ],
    [
      'a word that is nearly right',
      'cases:\n  - name: a\n    expect: {}\n    then: [{do: resum, expect: {}}]\n',
      /:4:17: cases\.0\.then\.0\.do: This must be one of .*, not "resum"; did you mean "resume"\?/,
    ],
    [
      'a wrong type deep inside',
      'cases: [{name: a, expect: {steps: {greet: {tries: x}}}}]\n',
      /:1:51: cases\.0\.expect\.steps\.greet\.tries/,
    ],
    [
      'a step that the template does not have',
      'cases: [{name: a, expect: {steps: {nope: DONE}}}]\n',
      /no step "nope"\./,
    ],
    [
      'a step that is nearly right',
      'cases: [{name: a, expect: {steps: {graet: DONE}}}]\n',
      /no step "graet"; did you mean "greet"\?/,
    ],
    ['no YAML', 'cases: [\n', /:2:1: This is not valid YAML/],
  ])('refuses a test file with %s', async (_, text, message) => {
    const test = write('good/templates/greeting.test.yaml', text)
    const { code, stderr } = await person.stint(['template', 'test', test])
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)])
  })
})
