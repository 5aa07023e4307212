const patienceMs = 30_000
const secondAskMs = 1_000

export interface StopRequest {
  /** Resolves at the first wish to end: Ctrl-C, TERM, a closed terminal, or the end of the process that started us. */
  readonly asked: Promise<string>
}

/**
 * From the first wish on, ending may take half a minute; a second Ctrl-C ends at once. Within a second it is the same wish:
 * a terminal sends to the whole group and our parent may pass it on as well.
 */
export function stopRequest(): StopRequest {
  const { promise, resolve } = Promise.withResolvers<string>()
  let askedAtMs: number | undefined
  const ask = (why: string) => {
    const nowMs = performance.now()
    if (askedAtMs === undefined) {
      askedAtMs = nowMs
      setTimeout(() => process.exit(1), patienceMs).unref()
      resolve(why)
    } else if (why === 'SIGINT' && nowMs - askedAtMs > secondAskMs) process.exit(1)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => ask(signal))
  // The terminal that reads our output may go before we do.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
  if (process.connected) {
    process.on('disconnect', () => ask('parent'))
    process.channel?.unref()
  } else if (process.send !== undefined) ask('parent') // It was killed while we prepared.
  return { asked: promise }
}
