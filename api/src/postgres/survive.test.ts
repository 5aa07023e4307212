import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const module = join(import.meta.dirname, 'survive.ts')

/** A process of its own: an exception that nobody catches would end this one. */
function runAndThrow(stackFile: string): { status: number | null; stdout: string } {
  const script = `
    import { surviveDriverErrors } from ${JSON.stringify(module)}
    const log = { warn: (fields) => console.log('went on', fields.count) }
    const survival = surviveDriverErrors(log, () => { console.log('bug'); process.exit(7) })
    const error = new TypeError("Cannot read properties of null (reading 'write')")
    error.stack = 'TypeError: x\\n at nextWrite (file:///${stackFile}:255:22)'
    setImmediate(() => { throw error })
    setTimeout(() => console.log('alive', survival.count), 20)`
  return spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
}

test('an exception out of the driver is counted and the process goes on', () => {
  const { status, stdout } = runAndThrow('node_modules/postgres/src/connection.js')
  expect(stdout).toBe('went on 1\nalive 1\n')
  expect(status).toBe(0)
})

test('any other exception is a bug and ends the process', () => {
  const { status, stdout } = runAndThrow('src/engine/flush.js')
  expect(stdout).toBe('bug\n')
  expect(status).toBe(7)
})
