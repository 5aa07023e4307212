import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { reportScript } from './curl.ts'

// The shell itself runs the lines: `curl` is replaced by something that prints its arguments and answers as the API does.
const stage = `
sleep() { :; }
curl() { printf '%s\\n' "$*" >&3; printf '%s' '{"taskId":"0198-a","reportToken":"stint_report_x-1","url":"/"}'; }
`

it('opens a task with the token, then reports about it with the key it got', () => {
  const script = `${stage}\n{ ${reportScript('http://127.0.0.1:8080', 'stint_abc')}\n} 3>&1 >/dev/null`
  const calls = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trimEnd().split('\n')
  expect(calls).toHaveLength(4)
  expect(calls[0]).toContain('/api/reports -H')
  expect(calls[0]).toContain('Bearer stint_abc')
  for (const call of calls.slice(1)) {
    expect(call).toContain('/api/reports/0198-a ')
    expect(call).toContain('Bearer stint_report_x-1')
    expect(call).not.toContain('stint_abc')
  }
  const bodies = calls.map((call) => JSON.parse(call.slice(call.indexOf(' -d ') + 4)))
  expect(bodies.slice(1).map((body) => body.seq)).toEqual([1, 2, 3])
  expect(bodies.at(-1)).toMatchObject({ state: 'stopped', result: 'success' })
})
