import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../base/clock.ts'
import { runAction } from '../../testing/action.ts'
import { serveHttp } from '../../testing/http.ts'
import { localOutbound } from '../../testing/outbound.ts'
import { pingAction } from './ping.ts'
import { roundTripsOf, statisticsOf } from './ping-output.ts'

const action = pingAction({ outbound: localOutbound(), clock: systemClock })
const ping = (configuration: Record<string, unknown>, signal?: AbortSignal) =>
  runAction(action, { hostname: 'here.test', ...configuration }, { signal })

describe.skipIf(!existsSync('/usr/bin/ping') && !existsSync('/bin/ping'))('by ICMP', () => {
  it('a host that is there answers', async () => {
    const { result, log } = await ping({ count: '2', interval_second: '1' })
    expect(result?.output).toMatchObject({
      packets_sent: 2,
      packets_received: 2,
      packet_loss: 0,
      ip_addr: '127.0.0.1',
      addr: 'here.test',
    })
    const { rtts, min_rtt, max_rtt } = (result?.output ?? {}) as {
      rtts: number[]
      min_rtt: number
      max_rtt: number
    }
    expect(rtts).toHaveLength(2)
    expect([min_rtt, max_rtt]).toEqual([Math.min(...rtts), Math.max(...rtts)])
    expect(log.map(({ text }) => text).join('')).toContain('127.0.0.1')
  })

  it('is stopped when the step is', async () => {
    const stop = new AbortController()
    setTimeout(() => stop.abort('cancelled'), 100)
    expect((await ping({ count: 100 }, stop.signal)).error?.message).toBe('Stopped: cancelled')
  })
})

describe('by TCP', () => {
  it('an open port answers, a closed one too, and one where nobody is does not', async () => {
    const server = await serveHttp((_request, response) => response.end())
    expect(
      (await ping({ mode: 'tcp', port: server.port, count: 2, interval_second: 0.01 })).result?.output,
    ).toMatchObject({
      packets_sent: 2,
      packets_received: 2,
    })
    server.close()
    expect((await ping({ mode: 'tcp', port: server.port })).result?.output).toMatchObject({
      packets_received: 1,
    })
  })
})

it.each([
  [{ mode: 'udp' }, 'server', 'icmp or tcp'],
  [{ mode: 'tcp' }, 'server', 'needs a port'],
  [{ count: '-1' }, 'server', 'count must be a number'],
])('%j is told (%s)', async (configuration, kind, words) => {
  expect((await ping(configuration)).error).toMatchObject({ kind, message: expect.stringContaining(words) })
})

it('only allowed addresses are asked', async () => {
  const strict = pingAction({ outbound: localOutbound([]), clock: systemClock })
  const { error } = await runAction(strict, { hostname: 'here.test' })
  expect(error).toMatchObject({ kind: 'client', message: expect.stringContaining('outbound_allow') })
})

it('what ping prints is read, whoever wrote it', () => {
  const printed =
    '64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.041 ms\n64 bytes from ::1: seq=0 ttl=64 time=1.5 ms\n64 bytes: icmp_seq=3 time<1 ms\n'
  expect(roundTripsOf(printed)).toEqual([0.041, 1.5, 1])
  expect(statisticsOf('h', 'a', 4, [1, 3])).toEqual({
    packets_received: 2,
    packets_sent: 4,
    packet_loss: 50,
    ip_addr: 'a',
    addr: 'h',
    rtts: [1_000_000, 3_000_000],
    min_rtt: 1_000_000,
    max_rtt: 3_000_000,
    avg_rtt: 2_000_000,
    std_dev_rtt: 1_000_000,
  })
})
