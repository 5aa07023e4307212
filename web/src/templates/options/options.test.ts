import { describe, expect, it } from 'vitest'
import {
  countOptions,
  newLock,
  noOptions,
  problemsOfOptions,
  requestOfOptions,
  restoreOptions,
} from './options.ts'

describe('the options of a task', () => {
  it('leave out what is empty', () => {
    const draft = { ...noOptions, watchers: ['', '  '], tags: [''], locks: [newLock], comment: ' ' }
    expect(Object.values(requestOfOptions(draft)).every((value) => value === undefined)).toBe(true)
    expect(countOptions(draft)).toBe(0)
  })

  it('travel as the API takes them', () => {
    const lock = { ...newLock, resource: ' host/db1 ', operation: 'reboot', waitSeconds: '60' }
    const draft = {
      ...noOptions,
      priority: '-5',
      watchers: [' ada '],
      tags: ['env=prod'],
      locks: [lock, { ...lock, resource: 'rack/r1', onConflict: 'FAIL' as const, operation: '' }],
    }
    expect(requestOfOptions(draft)).toMatchObject({
      priority: -5,
      watchers: ['ada'],
      tags: [{ name: 'env', value: 'prod' }],
      locks: [
        { resource: 'host/db1', mode: 'EXCLUSIVE', onConflict: 'WAIT', operation: 'reboot', waitSeconds: 60 },
        { resource: 'rack/r1', onConflict: 'FAIL', operation: undefined, waitSeconds: undefined },
      ],
    })
    expect(countOptions(draft)).toBe(4)
  })

  it('say what cannot be before the server is asked', () => {
    const of = (part: object) => [...problemsOfOptions({ ...noOptions, ...part }).keys()]
    expect(of({})).toEqual([])
    expect(of({ priority: '1.5' })).toEqual(['priority'])
    expect(of({ priority: '2000' })).toEqual(['priority'])
    expect(of({ startAt: '2099-01-02T08:00', startBefore: '2099-01-01T08:00' })).toEqual(['startBefore'])
    expect(of({ locks: [{ ...newLock, resource: 'host/a', waitSeconds: '0' }] })).toEqual(['locks'])
    expect(of({ locks: [{ ...newLock, resource: 'db1' }] })).toEqual(['locks'])
    expect(of({ locks: [newLock, { ...newLock, resource: 'limit/x' }] })).toEqual([])
    expect(of({ links: ['', 'rack/r1', 'rack/'] })).toEqual(['links'])
  })

  it('survive a form that has changed since', () => {
    expect(restoreOptions({ priority: '3', watchers: 'ada', gone: 1 } as never)).toEqual({
      ...noOptions,
      priority: '3',
    })
  })
})
