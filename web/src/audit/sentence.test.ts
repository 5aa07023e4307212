import { expect, it } from 'vitest'
import { deedOf } from './sentence.ts'

const deed = (action: string, subjectId: string | null = null, details: unknown = {}) =>
  deedOf({ action, subjectType: action.split('.')[0] ?? null, subjectId, details })

it('tells what somebody did as a sentence, not as a code', () => {
  expect(deed('user.sign_in', 'u1')).toEqual({ did: 'Signed in' })
  expect(deed('setting.update', 'report_timeout')).toEqual({
    did: 'Changed setting',
    object: 'report_timeout',
  })
  expect(deed('api_token.revoke', 't1', { name: 'ci' })).toEqual({ did: 'Revoked API token', object: 'ci' })
  expect(deed('task.expire')).toEqual({ did: 'Deleted tasks whose time was over' })
  expect(deed('task.force_unlock', 'x')).toEqual({ did: 'Unlocked by force task', object: 'x' })
})

it('reads well enough for a deed it does not know', () => {
  expect(deed('channel.mute_all', 'ops').did).toBe('Mute all channel')
})
