import { describe, expect, it } from 'vitest'
import { testClock } from '../../../testing/clock.ts'
import { ChangeRing } from './ring.ts'

describe('the ring of changes', () => {
  it('answers with the distinct ids after a token, in the order of their last change', () => {
    const ring = new ChangeRing('p', testClock())
    ring.add(['a', 'b'])
    const token = ring.tokenOf(ring.n)
    ring.add(['b', 'c'])
    ring.add(['d', 'b'])
    expect(ring.since(token)).toEqual(['c', 'd', 'b'])
    expect(ring.since(ring.tokenOf(ring.n))).toEqual([])
    expect(ring.since(ring.tokenOf(0))).toEqual(['a', 'c', 'd', 'b'])
  })

  it.each(['q.1', 'p', 'p.', 'p.x', 'p.-1', 'p.99', 'p.1e1', '', 'pp.0'])(
    'does not know the token %j',
    (token) => {
      const ring = new ChangeRing('p', testClock())
      ring.add(['a'])
      expect(ring.since(token)).toBeUndefined()
    },
  )

  it('forgets after a minute', () => {
    const clock = testClock()
    const ring = new ChangeRing('p', clock)
    ring.add(['a'])
    clock.advance(30_000)
    ring.add(['b'])
    clock.advance(31_000)
    expect(ring.since('p.0')).toBeUndefined()
    expect(ring.since('p.1')).toEqual(['b'])
    clock.advance(60_000)
    expect(ring.since('p.1')).toBeUndefined()
    expect(ring.since('p.2')).toEqual([])
  })

  it('keeps a bounded number of ids', () => {
    const ring = new ChangeRing('p', testClock())
    const many = Array.from({ length: 30_000 }, (_, index) => `t${index}`)
    ring.add(many)
    ring.add(many)
    expect(ring.since('p.0')).toBeUndefined()
    expect(ring.since('p.1')).toHaveLength(30_000)
  })

  it('knows no earlier token after a cut', () => {
    const ring = new ChangeRing('p', testClock())
    ring.add(['a'])
    const before = ring.tokenOf(ring.n)
    ring.cut()
    expect(ring.since(before)).toBeUndefined()
    expect(ring.since(ring.tokenOf(ring.n))).toEqual([])
  })
})
