/**
 * The one form of everything with a life: `start` resolves when it works, `stop` when nothing of it is left.
 * Both may be called twice; a stop during a start waits for it.
 */
export interface Service {
  start(): Promise<void>
  stop(): Promise<void>
}

/** Starts in the given order; when one fails, those already started are stopped again, last first. */
export async function startAll(services: readonly Service[]): Promise<void> {
  const started: Service[] = []
  try {
    for (const service of services) {
      await service.start()
      started.push(service)
    }
  } catch (error) {
    await stopAll(started)
    throw error
  }
}

/** Stops last started first; a failing stop does not keep the others from stopping. */
export async function stopAll(services: readonly Service[]): Promise<void> {
  for (const service of services.toReversed()) {
    try {
      await service.stop()
    } catch {
      // A part that cannot stop cleanly must not keep the rest alive; the process is ending anyway.
    }
  }
}
