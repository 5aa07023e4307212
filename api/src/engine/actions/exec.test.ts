import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../base/clock.ts'
import { type ActionRunOptions, runAction } from '../../testing/action.ts'
import { runningMembers } from '../../testing/process-group.ts'
import { execAction } from './exec.ts'

let folder = ''
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'stint-exec-')))
})
afterAll(() => rmSync(folder, { recursive: true }))

const action = execAction({ clock: systemClock, graceMs: 200 })
const exec = (configuration: Record<string, unknown>, options: ActionRunOptions = {}) =>
  runAction(action, configuration, options)
const shell = (script: string, more: Record<string, unknown> = {}, options: ActionRunOptions = {}) =>
  exec({ command: 'sh', argv: ['-c', script], ...more }, options)

describe('a program', () => {
  it('gets its arguments as they are: no shell reads them', async () => {
    const argv = ['%s|%s|%s', '$HOME; echo $(id)', 'a "b" \'c\'', 3]
    expect((await exec({ command: 'printf', argv })).result?.output).toBe(`$HOME; echo $(id)|a "b" 'c'|3`)
  })

  it('has its folder, its variables, its input, and nothing of the server’s own environment', async () => {
    process.env.STINT_SECRET_OF_THE_SERVER = 'leaked'
    const { result } = await shell('pwd; echo "$COLOUR"; cat; env', {
      cwd: folder,
      environment: { COLOUR: 'green' },
      stdin: 'typed\n',
      output_mode: 'lines',
    })
    const lines = result?.output as string[]
    expect(lines.slice(0, 3)).toEqual([folder, 'green', 'typed'])
    expect(lines.some((line) => line.startsWith('STINT_ATTEMPT_KEY='))).toBe(true)
    expect(lines.join()).not.toContain('leaked')
  })

  it.each([
    ['text', 'a\nb\n\n', 'a\nb'],
    ['lines', 'a\r\nb\n', ['a', 'b']],
    ['lines', '', []],
    ['json', '[1, {"a": null}]\n', [1, { a: null }]],
    ['json', '', null],
    ['manual-lastline', 'x\n{"a": 1}\n', { a: 1 }],
    ['disabled', 'x', {}],
  ])('prints %s: %j is %j', async (output_mode, text, expected) => {
    const { result } = await exec({ command: 'cat', stdin: text, output_mode })
    expect(result?.output).toEqual(expected)
  })

  it('whose output is not what it promised fails with what it printed', async () => {
    const { error } = await exec({ command: 'echo', argv: ['oops'], output_mode: 'json' })
    expect(error).toMatchObject({ kind: 'server', output: 'oops\n' })
    expect(error?.message).toContain('no JSON')
  })
})

describe('an exit code', () => {
  it.each([
    [{}, 'server'],
    [{ exit_codes_unrecoverable: ['5-8'] }, 'client'],
    [{ exit_codes_success: [7] }, undefined],
  ])('7 with %j is a failure of kind %s', async (more, kind) => {
    const { error, result } = await shell('echo out; echo why >&2; exit 7', more)
    expect(error?.kind).toBe(kind)
    expect((error ?? result)?.output).toBe('out')
    if (kind) expect(error?.message).toBe('sh ended with exit code 7: why')
  })
})

describe('what cannot run', () => {
  it.each([
    [{ command: 'no-such-program' }, 'client', 'There is no program no-such-program'],
    [{ command: '/etc/passwd' }, 'client', 'There is no program /etc/passwd'],
    [{ command: 'sh', environment: { PATH: '/none' } }, 'client', 'PATH is /none'],
    [{ command: 'sh', cwd: '/no/such/folder' }, 'client', 'no folder /no/such/folder'],
    [{ command: 'bin/sh' }, 'server', 'a name or an absolute path'],
    [{ command: 'sh', cwd: 'tmp' }, 'server', 'absolute path'],
  ])('%j is told (%s)', async (configuration, kind, words) => {
    const { error } = await exec(configuration)
    expect(error).toMatchObject({ kind, message: expect.stringContaining(words) })
  })
})

describe('stopping it', () => {
  it.each([
    ['when it is cancelled', {}, /was stopped: cancelled/],
    ['at its time-out', { timeout: '300ms' }, /did not end within 300ms/],
  ])('%s ends all that it started', async (_what, more, message) => {
    const stop = new AbortController()
    const options: ActionRunOptions = {
      signal: stop.signal,
      onLog: () => 'timeout' in more || stop.abort('cancelled'),
    }
    const { error, groups } = await shell('sleep 60 & echo; sleep 60', more, options)
    expect(error?.message).toMatch(message)
    for (let i = 0; i < 100 && runningMembers(groups[0] ?? 0).length > 0; i++) await pause(20)
    expect(runningMembers(groups[0] ?? 0)).toEqual([])
  })
})

describe('the check before a run', () => {
  it.each([
    [{ command: '{{.input.program}}' }, /must be literal/],
    [{ command: 'a/b' }, /absolute/],
    [{ command: 'a', output_mode: 'xml' }, /output_mode must be one of text/],
    [{ command: 'a', exit_codes_success: ['x'] }, /exit_codes_success must hold codes/],
    [{ command: 'a', timeout: '-1s' }, /must be a duration/],
  ])('complains about %j', (configuration, words) => {
    expect(action.check?.(configuration).join()).toMatch(words)
  })

  it('leaves templated values to the run', () => {
    expect(action.check?.({ command: 'a', timeout: '{{.input.t}}', cwd: '{{.input.d}}' })).toEqual([])
  })
})
