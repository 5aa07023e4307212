import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../../base/clock.ts'
import { type ActionRunOptions, runAction } from '../../testing/action.ts'
import { scriptAction } from './script.ts'

let root = ''
let folder = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'stint-script-'))
  folder = join(root, 'scripts')
  mkdirSync(folder)
})
afterAll(() => rmSync(root, { recursive: true }))

let count = 0
function write(body: string, mode = 0o755): string {
  const name = `s${count++}.sh`
  writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`)
  chmodSync(join(folder, name), mode)
  return name
}

const action = () => scriptAction({ folders: [folder], clock: systemClock, graceMs: 200 })

function runScript(
  body: string,
  configuration: Record<string, unknown> = {},
  options: ActionRunOptions = {},
) {
  return runAction(action(), { file_path: write(body), ...configuration }, options)
}

describe('a script', () => {
  it('returns the object on its last line and tells how it went', async () => {
    const { result } = await runScript('echo hello; echo oops >&2; echo \'{"a": [1]}\'')
    expect(result?.output).toEqual({ a: [1] })
    expect(result?.metadata).toMatchObject({ exit_code: '0', process_state: 'exit status 0', error: '' })
    expect(result?.metadata?.execution_time).toMatch(/^[\d.]+m?s$/)
    for (const line of ['hello', 'oops', '{"a": [1]}'])
      expect(result?.metadata?.output).toContain(`${line}\n`)
  })

  it('shows its lines while it runs', async () => {
    let seen = 0
    const go = join(root, 'go')
    const { log } = await runScript(
      `echo first; while [ ! -e ${go} ]; do sleep 0.01; done; echo second`,
      { output_mode: 'disabled' },
      { onLog: () => seen++ === 0 && writeFileSync(go, '') },
    )
    expect(log.map(({ stream, text }) => [stream, text])).toEqual([
      ['stdout', 'first\n'],
      ['stdout', 'second\n'],
    ])
  })

  it('gets arguments as they are, and text on its standard input', async () => {
    const { result } = await runScript('printf "%s|" "$@"; cat; echo', {
      argv: ['a b', '$(id)', '', 3],
      stdin: 'in\n',
      output_mode: 'disabled',
    })
    expect(result?.metadata?.output).toBe('a b|$(id)||3|in\n\n')
  })

  it('has an empty input when none is given', async () => {
    expect((await runScript('wc -c', { output_mode: 'disabled' })).result?.metadata?.output).toMatch(
      /^\s*0\n$/,
    )
  })

  it('sees nothing of the environment of the server', async () => {
    vi.stubEnv('STINT_TEST_SECRET', 'secret')
    const { result } = await runScript('env', {
      environment: { MINE: 'x', NUMBER: 3 },
      output_mode: 'disabled',
    })
    vi.unstubAllEnvs()
    const names = String(result?.metadata?.output)
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0])
    const allowed = [
      'PATH',
      'LANG',
      'HOME',
      'USER',
      'STINT_TASK_ID',
      'STINT_STEP',
      'STINT_ATTEMPT_KEY',
      'MINE',
      'NUMBER',
    ]
    expect(
      names.filter(
        (name) =>
          !allowed.includes(name as string) && !['PWD', '_', 'OLDPWD', 'SHLVL'].includes(name as string),
      ),
    ).toEqual([])
    expect(names).toEqual(expect.arrayContaining(allowed))
  })

  it('works in the scripts folder', async () => {
    writeFileSync(join(folder, 'library.sh'), 'echo from the library')
    expect((await runScript('. ./library.sh', { output_mode: 'disabled' })).result?.metadata?.output).toBe(
      'from the library\n',
    )
  })

  it('is a server error with a non-zero exit code, that keeps what it printed', async () => {
    const { error } = await runScript('echo \'{"a": 1}\'; echo "no disk" >&2; exit 3')
    expect(error).toMatchObject({
      kind: 'server',
      output: { a: 1 },
      metadata: { exit_code: '3', process_state: 'exit status 3' },
    })
    expect(error?.message).toMatch(/^s\d+\.sh ended with exit code 3: no disk$/)
  })

  it.each([
    [['3'], 'client'],
    [['1-2', '3-5'], 'client'],
    [['4'], 'server'],
  ])('with exit code 3 and unrecoverable codes %j is a %s error', async (exit_codes_unrecoverable, kind) => {
    expect((await runScript('exit 3', { exit_codes_unrecoverable })).error?.kind).toBe(kind)
  })

  it('is a server error when it succeeds and its last line is no object, unless nobody wants one', async () => {
    expect((await runScript('echo done')).error).toMatchObject({
      kind: 'server',
      metadata: { exit_code: '0' },
    })
    expect((await runScript('echo done', { output_mode: 'disabled' })).result?.output).toEqual({})
    expect((await runScript('true')).result?.output).toEqual({})
  })

  it('says which signal ended it', async () => {
    const { error } = await runScript('kill -9 $$')
    expect(error).toMatchObject({
      kind: 'server',
      metadata: { exit_code: '-1', process_state: 'signal: SIGKILL' },
    })
  })

  it('may print anything', async () => {
    const { result, log } = await runScript(String.raw`printf 'a\000b\377c\n'`, { output_mode: 'disabled' })
    expect(result?.metadata?.output).toBe('a\uFFFDb\uFFFDc\n')
    expect(log[0]?.text).toBe('a\uFFFDb\uFFFDc\n')
  })

  it('may print more than is kept', async () => {
    const { result, log } = await runScript(
      "head -c 40000000 /dev/zero | tr '\\0' x; echo; echo '{\"a\": 1}'",
    )
    expect(result?.output).toEqual({ a: 1 })
    expect(String(result?.metadata?.output).length).toBeLessThan(1_100_000)
    const kept = log.reduce((sum, { text }) => sum + text.length, 0)
    expect([kept < 17_000_000, log.at(-1)?.text]).toEqual([true, expect.stringContaining('more was printed')])
  })
})

describe('the file of a script', () => {
  it.each([
    '../outside.sh',
    'link.sh',
    'linked/outside.sh',
    '/bin/true',
    'none.sh',
    '.',
    'folder',
    'plain.sh',
    'a\0b',
  ])('may not be %j', async (file_path) => {
    writeFileSync(join(root, 'outside.sh'), '#!/bin/sh\ntouch ran\n')
    chmodSync(join(root, 'outside.sh'), 0o755)
    for (const [target, path] of [
      [join(root, 'outside.sh'), 'link.sh'],
      [root, 'linked'],
    ] as const) {
      rmSync(join(folder, path), { force: true })
      symlinkSync(target, join(folder, path))
    }
    mkdirSync(join(folder, 'folder'), { recursive: true })
    writeFileSync(join(folder, 'plain.sh'), '')
    const { error, groups } = await runAction(action(), { file_path })
    expect([error?.kind, groups]).toEqual(['server', []])
    expect(action().check?.({ file_path })).toHaveLength(1)
  })

  it('may be a link to another one of the folder', async () => {
    symlinkSync(join(folder, write('echo linked')), join(folder, 'inside.sh'))
    const { result } = await runAction(action(), { file_path: 'inside.sh', output_mode: 'disabled' })
    expect(result?.metadata?.output).toBe('linked\n')
  })

  it('is taken from the first folder that has it', async () => {
    const file_path = write('echo second')
    const empty = join(root, 'empty')
    mkdirSync(empty)
    const both = scriptAction({ folders: [join(root, 'absent'), empty, folder], clock: systemClock })
    expect((await runAction(both, { file_path, output_mode: 'disabled' })).result?.metadata?.output).toBe(
      'second\n',
    )
  })
})

describe('what is known of a script before it runs', () => {
  it('is everything but templated values', () => {
    const file_path = write('true')
    const check = (configuration: Record<string, unknown>) => action().check?.(configuration).length
    expect(
      [
        { file_path },
        { file_path, timeout: '{{.input.t}}', argv: ['{{.input.a}}'], output_mode: '{{.input.m}}' },
        { file_path: '{{.input.file}}' },
        {},
        { file_path, timeout: '-5s' },
        { file_path, output_mode: 'auto-result' },
        { file_path, output_mode: 'manual-delimiters', output_manual_delimiters: ['('] },
        { file_path, output_mode: 'manual-delimiters', output_manual_delimiters: ['(', ')'] },
        { file_path, output_manual_delimiters: ['a', 'b'] },
        { file_path, exit_codes_unrecoverable: ['0'] },
      ].map(check),
    ).toEqual([0, 0, 1, 1, 1, 1, 1, 1, 1, 1])
  })

  it('is that a crash leaves it for a person to decide', () => expect(action().idempotent).toBe(false))
})
