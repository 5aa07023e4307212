export interface InFlightRun {
  readonly done: number
  readonly seconds: number
}

/**
 * Keeps `inFlight` pieces of work under way for `seconds`, then lets the last ones end. The time counted ends with the last of
 * them: a piece counts whole or not at all.
 */
export async function keepInFlight(
  inFlight: number,
  seconds: number,
  work: () => Promise<unknown>,
): Promise<InFlightRun> {
  const begun = performance.now()
  const until = begun + seconds * 1000
  let done = 0
  const lane = async () => {
    do {
      await work()
      done++
    } while (performance.now() < until)
  }
  await Promise.all(Array.from({ length: inFlight }, lane))
  return { done, seconds: (performance.now() - begun) / 1000 }
}
