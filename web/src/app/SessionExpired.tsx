import { Modal, ModalBody, ModalHeader } from '@patternfly/react-core'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { SignInForm } from '../access/SignInForm.tsx'
import { connection, useConnection } from '../client/connection.ts'
import { sessionQuery, useMe } from '../client/session.ts'

/** Asks to sign in again over the page as it stands: what was typed there stays. */
export function SessionExpired() {
  const { isExpired } = useConnection()
  const me = useMe()
  const queryClient = useQueryClient()
  const router = useRouter()
  if (!isExpired) return null
  const renew = async () => {
    await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 })
    connection.renewed()
    await router.invalidate()
  }
  return (
    <Modal variant="small" isOpen aria-labelledby="expired-title" aria-describedby="expired-body">
      <ModalHeader title="Your session has ended" labelId="expired-title" />
      <ModalBody id="expired-body">
        <div className="st-stack">
          <p>Sign in again to go on where you were. Nothing on this page is lost.</p>
          <SignInForm name={me.name} onSignedIn={renew} />
        </div>
      </ModalBody>
    </Modal>
  )
}
