import { expect, test } from 'vitest'
import { createLog, prettyLine } from './log.ts'

function logged(
  write: (log: ReturnType<typeof createLog>) => void,
  format: 'json' | 'pretty' = 'json',
): string {
  const lines: string[] = []
  write(createLog({ level: 'info', format }, { write: (line) => lines.push(line) }))
  return lines.join('')
}

test('a secret field never reaches the log', () => {
  const text = logged((log) => log.info({ password: 'p1', user: { token: 't2', name: 'ada' } }, 'signed in'))
  expect(text).toContain('ada')
  expect(text).not.toMatch(/p1|t2/)
})

test('an error is written with its stack for a person at the terminal', () => {
  const text = logged(
    (log) => log.error({ err: new Error('disk full'), task: 'a b' }, 'flush failed'),
    'pretty',
  )
  expect(text).toMatch(/error flush failed task="a b"\nError: disk full\n\s+at /)
})

test('a pretty line begins with the time of day', () => {
  const time = new Date(2026, 10, 20, 8, 5, 3).getTime()
  expect(prettyLine(JSON.stringify({ level: 30, time, msg: 'ready', port: 8080 }))).toBe(
    '08:05:03 info  ready port=8080\n',
  )
})
