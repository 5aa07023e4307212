/*
 * Named places inside claim, run, flush and release where a test may stop the engine to force a race or a crash.
 * Empty in production: an unset point is one property read.
 */
export type TestPoint =
  | 'claim.before'
  | 'claim.after'
  | 'run.running-durable'
  | 'run.action-ended'
  | 'flush.locked'
  | 'flush.written'
  | 'flush.committed'
  | 'flush.recalled'
  | 'release.before'
  | 'timers.sent'
  | 'takeover.marked'
  | 'sweep.locked'
  | 'rewrap.written'
  | 'rewrap.committed'
  | 'reencrypt.written'
  | 'reencrypt.committed'

type Hook = (subject: string) => Promise<void> | void

const hooks = new Map<TestPoint, Hook>()

/** Only for tests: what happens when the engine reaches the point; undefined removes it. */
export function setTestPoint(point: TestPoint, hook: Hook | undefined): void {
  if (hook) hooks.set(point, hook)
  else hooks.delete(point)
}

export function testPoint(point: TestPoint, subject = ''): Promise<void> | void {
  if (hooks.size > 0) return hooks.get(point)?.(subject)
}
