import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { reportCurl } from './curl.ts'

it('is one command for a shell, with the token and a JSON body', () => {
  // The shell itself reads the command: `curl` is replaced by something that prints its arguments.
  const script = `curl() { printf '%s\\n' "$@"; }\n${reportCurl('http://127.0.0.1:8080', 'stint_abc')}`
  const words = execFileSync('sh', ['-c', script], { encoding: 'utf8' }).trimEnd().split('\n')
  expect(words).toContain('http://127.0.0.1:8080/api/reports')
  expect(words).toContain('Authorization: Bearer stint_abc')
  expect(JSON.parse(words.at(-1)!).steps).toHaveLength(2)
})
