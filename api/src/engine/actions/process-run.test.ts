import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runningMembers } from '../../testing/process-group.ts'
import { endLeftGroup, processStartedAt } from './process-group.ts'
import { type ProcessOrder, ProcessStartError, runProcess } from './process-run.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stint-process-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

interface Run {
  readonly order: ProcessOrder
  /** Resolves with the group when the program has printed its first line. */
  readonly working: Promise<number>
}

/** A shell script that is to print a line when it is ready. */
function shell(script: string, more: Partial<ProcessOrder> = {}): Run {
  let group = 0
  let ready: (group: number) => void = () => {}
  const working = new Promise<number>((done) => {
    ready = done
  })
  const order: ProcessOrder = {
    file: '/bin/sh',
    args: ['-c', script],
    folder,
    environment: { PATH: '/usr/bin:/bin' },
    stdin: undefined,
    timeoutMs: 20_000,
    graceMs: 200,
    signal: new AbortController().signal,
    onGroup: async (started) => {
      group = started
    },
    onOutput: () => ready(group),
    ...more,
  }
  return { order, working }
}

describe('a program', () => {
  it('starts only when its group is on record', async () => {
    const mark = join(folder, 'early')
    let before: boolean | undefined
    const { order } = shell(`touch ${mark}`, {
      onGroup: async () => {
        await pause(100)
        before = existsSync(mark)
      },
    })
    expect(await runProcess(order)).toMatchObject({ exitCode: 0, stopped: undefined, hadLeftOvers: false })
    expect([before, existsSync(mark)]).toEqual([false, true])
  })

  it('never starts when its group cannot be recorded', async () => {
    const mark = join(folder, 'never')
    let group = 0
    const { order } = shell(`touch ${mark}`, {
      onGroup: async (started) => {
        group = started
        throw new Error('fenced')
      },
    })
    await expect(runProcess(order)).rejects.toThrow('fenced')
    expect([existsSync(mark), runningMembers(group)]).toEqual([false, []])
  })

  it('that cannot be started says so', async () => {
    await expect(runProcess(shell('', { folder: '/none' }).order)).rejects.toBeInstanceOf(ProcessStartError)
    await expect(runProcess(shell('', { args: ['a\0b'] }).order)).rejects.toBeInstanceOf(ProcessStartError)
    await expect(runProcess(shell('', { args: ['x'.repeat(3_000_000)] }).order)).rejects.toBeInstanceOf(
      ProcessStartError,
    )
    expect(await runProcess(shell('', { file: '/none' }).order)).toMatchObject({ exitCode: 127 })
  })

  it('may end without reading its input', async () => {
    const { order } = shell('exec <&-; exit 4', { stdin: 'x'.repeat(1_000_000) })
    expect((await runProcess(order)).exitCode).toBe(4)
  })
})

describe('stopping a program', () => {
  it.each([
    ['ends when it is asked', 'trap "exit 5" TERM; echo; while :; do sleep 0.05; done', 5],
    ['is killed when it does not listen', 'trap "" TERM; echo; while :; do sleep 0.05; done', -1],
    [
      'is killed with all it started',
      'trap "" TERM; (trap "" TERM; sleep 60) & sleep 60 & echo; while :; do sleep 0.05; done',
      -1,
    ],
  ])('it %s', async (_what, script, exitCode) => {
    const stop = new AbortController()
    const { order, working } = shell(script, { signal: stop.signal })
    const end = runProcess(order)
    const group = await working
    stop.abort('cancel')
    expect(await end).toMatchObject({ exitCode, stopped: 'aborted', hadLeftOvers: false })
    expect(runningMembers(group)).toEqual([])
  })

  it('happens at the time-out too', async () => {
    const { order, working } = shell('echo; sleep 60', { timeoutMs: 300 })
    const end = await runProcess(order)
    expect([end.stopped, runningMembers(await working)]).toEqual(['timeout', []])
  })

  it('works on one that is frozen', async () => {
    const stop = new AbortController()
    const { order, working } = shell('echo; kill -STOP $$; sleep 60', { signal: stop.signal })
    const end = runProcess(order)
    const group = await working
    while (!readFileSync(`/proc/${group}/stat`, 'latin1').includes(') T')) await pause(5)
    stop.abort()
    expect([(await end).endSignal, runningMembers(group)]).toEqual(['SIGTERM', []])
  })

  it('before its start keeps it from starting', async () => {
    const mark = join(folder, 'aborted')
    const { order } = shell(`touch ${mark}`, { signal: AbortSignal.abort() })
    expect([(await runProcess(order)).stopped, existsSync(mark)]).toEqual(['aborted', false])
  })
})

describe('what a program leaves behind', () => {
  it('in its group is ended', async () => {
    const { order, working } = shell('sleep 60 & echo; exit 0')
    expect(await runProcess(order)).toMatchObject({ exitCode: 0, hadLeftOvers: true, stopped: undefined })
    expect(runningMembers(await working)).toEqual([])
  })

  it('outside its group does not hold it up, even with its output open', async () => {
    const { order } = shell(
      'setsid sh -c "echo $$ > daemon; echo \\$\\$ > daemon; exec sleep 30" & while [ ! -s daemon ]; do :; done; echo',
    )
    const startMs = performance.now()
    expect(await runProcess(order)).toMatchObject({ exitCode: 0 })
    expect(performance.now() - startMs).toBeLessThan(5000)
    process.kill(Number(readFileSync(join(folder, 'daemon'), 'utf8')), 'SIGKILL')
  })
})

describe('what an executor that died left running', () => {
  function orphan() {
    const child = spawn('/bin/sh', ['-c', 'sleep 60 & sleep 60 & wait'], { detached: true, stdio: 'ignore' })
    const group = child.pid as number
    return {
      group,
      startedAt: processStartedAt(group),
      ended: new Promise((done) => child.once('exit', done)),
    }
  }

  it('is ended', async () => {
    const { group, startedAt } = orphan()
    expect(await endLeftGroup(group, startedAt, 200)).toBe(true)
    expect(runningMembers(group)).toEqual([])
    expect(await endLeftGroup(group, startedAt, 200)).toBe(false)
  })

  it('is left alone when the number belongs to somebody else by now', async () => {
    const { group, startedAt, ended } = orphan()
    expect(await endLeftGroup(group, String(Number(startedAt) - 1), 200)).toBe(false)
    expect(await endLeftGroup(group, String(Number(startedAt) + 1), 200)).toBe(false)
    expect(await endLeftGroup(group, '', 200)).toBe(false)
    process.kill(-group, 'SIGKILL')
    await ended
  })
})
