/** What came back, in µTask's names; times are nanoseconds, as Go's durations are. */
export interface PingStatistics {
  readonly packets_received: number
  readonly packets_sent: number
  /** Percent. */
  readonly packet_loss: number
  readonly ip_addr: string
  readonly addr: string
  readonly rtts: readonly number[]
  readonly min_rtt: number
  readonly max_rtt: number
  readonly avg_rtt: number
  readonly std_dev_rtt: number
}

/** Round trips that `ping` prints, in milliseconds: of iputils, BSD and BusyBox, which agree on this one word. */
export function roundTripsOf(printed: string): number[] {
  return [...printed.matchAll(/\btime[=<]([\d.]+) ?ms/g)].map((match) => Number(match[1]))
}

export function statisticsOf(
  host: string,
  address: string,
  sent: number,
  roundTripsMs: readonly number[],
): PingStatistics {
  const rtts = roundTripsMs.map((ms) => Math.round(ms * 1_000_000))
  const received = rtts.length
  const average = received === 0 ? 0 : rtts.reduce((sum, rtt) => sum + rtt, 0) / received
  const variance = received === 0 ? 0 : rtts.reduce((sum, rtt) => sum + (rtt - average) ** 2, 0) / received
  return {
    packets_received: received,
    packets_sent: sent,
    packet_loss: sent === 0 ? 0 : ((sent - received) / sent) * 100,
    ip_addr: address,
    addr: host,
    rtts,
    min_rtt: received === 0 ? 0 : Math.min(...rtts),
    max_rtt: received === 0 ? 0 : Math.max(...rtts),
    avg_rtt: Math.round(average),
    std_dev_rtt: Math.round(Math.sqrt(variance)),
  }
}
