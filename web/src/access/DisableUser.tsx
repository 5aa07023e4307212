import { useAction } from '../client/mutation.ts'
import { Confirm } from '../kit/Confirm.tsx'
import { UpdateUser } from './actions.ts'
import type { User } from './user.ts'

/** Locks a person out, or lets one in again. */
export function DisableUser({ user, onClose }: { user: User; onClose: () => void }) {
  const update = useAction(UpdateUser)
  const isDisabled = user.disabledAt !== null
  const confirm = async () => {
    const { problem } = await update.run({ input: { userId: user.id, disabled: !isDisabled } })
    if (!problem) onClose()
  }
  return (
    <Confirm
      title={`${isDisabled ? 'Enable' : 'Disable'} ${user.name}?`}
      verb={isDisabled ? 'Enable user' : 'Disable user'}
      isDangerous={!isDisabled}
      isRunning={update.isRunning}
      problem={update.problem}
      onConfirm={() => void confirm()}
      onClose={onClose}
    >
      {isDisabled
        ? 'The account can sign in again; its API tokens that have not ended work again.'
        : 'All sessions end at once and API tokens are refused. Tasks that this person owns go on.'}
    </Confirm>
  )
}
