import type { App } from '../base/app.ts'
import type { RequestFacts } from '../domains/access/address.ts'
import { isSecure } from './guard.ts'

/** The address under which this person reaches us, without a slash at the end. */
export function ownUrl(app: App, facts: RequestFacts): string {
  if (app.config.publicUrl !== undefined) return app.config.publicUrl
  // The HTTP server has refused a header that cannot be a host.
  const host = facts.headers.get('host') ?? ''
  return `${isSecure(app, facts) ? 'https' : 'http'}://${host}`
}

/** The page of a task. */
export function taskUrl(app: App, facts: RequestFacts, taskId: string): string {
  return `${ownUrl(app, facts)}/tasks/${taskId}`
}
