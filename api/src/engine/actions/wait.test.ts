import { describe, expect, it } from 'vitest'
import { runAction } from '../../testing/action.ts'
import { waitAction } from './wait.ts'

const start = new Date('2026-11-20T08:00:00.000Z')
const at = (ms: number) => waitAction({ now: () => new Date(start.getTime() + ms), monotonicMs: () => ms })

describe('wait', () => {
  it('asks to be woken at the instant and remembers it', async () => {
    const { result } = await runAction(at(0), { for: '1m30s' })
    const until = '2026-11-20T08:01:30.000Z'
    expect(result).toEqual({ output: { until }, wait: { until: new Date(until) } })
  })

  it('waits until an instant, whatever its zone', async () => {
    const { result } = await runAction(at(0), { until: '2026-11-20T10:30:00+02:00' })
    expect(result?.wait?.until).toEqual(new Date('2026-11-20T08:30:00Z'))
  })

  it('ends when it is woken after the instant', async () => {
    const previousOutput = { until: '2026-11-20T08:01:30.000Z' }
    const { result } = await runAction(at(90_000), { for: '1m30s' }, { resumed: true, previousOutput })
    expect(result).toEqual({ output: previousOutput })
  })

  it('goes on waiting for the same instant when it is woken early', async () => {
    const previousOutput = { until: '2026-11-20T08:01:30.000Z' }
    const { result } = await runAction(at(60_000), { for: '1m30s' }, { resumed: true, previousOutput })
    expect(result?.wait?.until).toEqual(new Date(previousOutput.until))
  })

  it('starts anew when it is not resumed but tried again', async () => {
    const previousOutput = { until: '2026-11-20T08:00:01.000Z' }
    const { result } = await runAction(at(60_000), { for: '10s' }, { previousOutput })
    expect(result?.wait?.until).toEqual(new Date('2026-11-20T08:01:10Z'))
  })

  it.each(['0', '0s'])('for %s ends at once', async (span) => {
    expect((await runAction(at(0), { for: span })).result?.wait).toBeUndefined()
  })

  it('until the past ends at once', async () => {
    expect((await runAction(at(0), { until: '2020-01-01T00:00:00Z' })).result?.wait).toBeUndefined()
  })

  it.each([
    [{}],
    [{ for: '10s', until: '2026-11-20T08:00:00Z' }],
    [{ for: 'soon' }],
    [{ for: '10' }],
    [{ for: '999999h' }],
    [{ until: 'tomorrow' }],
    [{ until: '2026-11-20T08:00:00' }],
    [{ until: '2026-13-41T08:00:00Z' }],
    [{ until: '9999-01-01T00:00:00Z' }],
  ])('is not tried again with %j', async (configuration) => {
    expect((await runAction(at(0), configuration)).error?.kind).toBe('client')
  })

  it('knows before it runs what cannot work, and leaves templated text alone', () => {
    const check = (configuration: Record<string, unknown>) => at(0).check?.(configuration).length
    expect(
      [{}, { for: 'soon' }, { for: '{{.input.x}}' }, { for: '1s' }, { until: '2026-01-01T00:00:00Z' }].map(
        check,
      ),
    ).toEqual([1, 1, 0, 0, 0])
  })
})
