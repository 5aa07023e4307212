import { builder } from './builder.ts'

export const LockModeEnum = builder.enumType('LockMode', {
  description: 'How a resource is held.',
  values: {
    EXCLUSIVE: { value: 'exclusive', description: 'Nobody else at the same time.' },
    SHARED: { value: 'shared', description: 'Together with other shared ones.' },
    LIMIT: { value: 'limit', description: 'One of the slots of a limit.' },
  } as const,
})

export const OnConflictEnum = builder.enumType('OnConflict', {
  description: 'What happens when somebody else holds a resource.',
  values: {
    FAIL: { value: 'fail', description: 'The task is not created; the error names the holder.' },
    WAIT: { value: 'wait', description: 'The task waits for its turn.' },
    COALESCE: {
      value: 'coalesce',
      description: 'The task that does the same at this moment is the answer.',
    },
  } as const,
})
