import { describe, expect, it } from 'vitest'
import { linkOf, lockOf } from './locks.ts'

describe('a lock on the command line', () => {
  it.each([
    ['host/db1', { resource: 'host/db1', mode: 'EXCLUSIVE' }],
    ['host/db1:shared', { resource: 'host/db1', mode: 'SHARED' }],
    ['host/db1:exclusive:reboot', { resource: 'host/db1', mode: 'EXCLUSIVE', operation: 'reboot' }],
    ['db/h:5432/x:shared', { resource: 'db/h:5432/x', mode: 'SHARED' }],
    ['host/db1:shared:a:b', { resource: 'host/db1', mode: 'SHARED', operation: 'a:b' }],
  ])('%s', (text, lock) => expect(lockOf(text)).toEqual(lock))

  it.each([
    ['db1', 'TYPE/NAME'],
    ['/db1', 'TYPE/NAME'],
    ['host/', 'TYPE/NAME'],
    [':shared', 'TYPE/NAME'],
    ['host/db1:share', 'must be exclusive or shared'],
    ['host/db1:', 'must be exclusive or shared'],
    ['host/db1:shared:', 'names no operation'],
  ])('%s is refused: %s', (text, reason) => {
    expect(() => lockOf(text)).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringContaining(reason) }),
    )
  })

  it('is no link', () => {
    expect(linkOf('host/db1')).toBe('host/db1')
    expect(() => linkOf('db1')).toThrow(expect.objectContaining({ exitCode: 2, hint: 'Such as host/db1' }))
  })
})
