interface AuditedDeed {
  readonly action: string
  readonly subjectType: string | null
  readonly subjectId: string | null
  readonly details: unknown
}

interface Deed {
  /** `Changed setting`; the name of what was changed follows. */
  readonly did: string
  readonly object?: string
}

// Those who sign in do it to themselves: no object follows.
const alone: Readonly<Record<string, string>> = {
  'user.sign_in': 'Signed in',
  'user.sign_out': 'Signed out',
  'maintenance.on': 'Switched maintenance on',
  'maintenance.off': 'Switched maintenance off',
  'key.rotate': 'Rotated the keys',
  'task.expire': 'Deleted tasks whose time was over',
  'task.delete': 'Deleted tasks that were over',
}

const past: Readonly<Record<string, string>> = {
  create: 'Created',
  update: 'Changed',
  save: 'Saved',
  delete: 'Deleted',
  set: 'Changed',
  block: 'Blocked',
  unblock: 'Unblocked',
  revoke: 'Revoked',
  test: 'Tested',
  retry: 'Tried again',
  drain: 'Drained',
  cancel: 'Cancelled',
  pause: 'Paused',
  resume: 'Resumed',
  reject: 'Rejected',
  resolve: 'Approved',
  unlock: 'Unlocked',
  force_unlock: 'Unlocked by force',
  force_cancel: 'Cancelled by force',
  start_over: 'Started over',
  extend_retries: 'Allowed more tries of',
  edit_request: 'Changed the input of',
  set_people: 'Changed the people of',
  set_step_state: 'Set a step of',
  set_password: 'Set the password of',
}

const nouns: Readonly<Record<string, string>> = { api_token: 'API token' }

const spaced = (name: string) => name.replaceAll(/[_-]/g, ' ')
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const nameIn = (details: unknown): string | undefined => {
  const { name } = (details ?? {}) as { name?: unknown }
  return typeof name === 'string' && name !== '' ? name : undefined
}

/** What somebody did, as the beginning of a sentence, and the name of what it was done to. */
export function deedOf({ action, subjectType, subjectId, details }: AuditedDeed): Deed {
  const lonely = alone[action]
  if (lonely) return { did: lonely }
  const [noun = '', verb = ''] = action.split('.')
  const kind = subjectType ?? noun
  const did = `${past[verb] ?? capital(spaced(verb))} ${nouns[kind] ?? spaced(kind)}`
  return { did, object: nameIn(details) ?? subjectId ?? undefined }
}
