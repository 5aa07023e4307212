import { Spinner } from '@patternfly/react-core'
import { useEffect, useEffectEvent, useRef, useState } from 'react'
import { type PageProblem, problemOfThrown } from '../client/problems.ts'
import { signInByCode } from '../client/session.ts'
import { ProblemAlert } from '../kit/ProblemAlert.tsx'
import { SignInForm } from './SignInForm.tsx'

interface CodeSignInProps {
  readonly code: string
  readonly onSignedIn: () => void | Promise<void>
}

/** Spends the code of a sign-in link; when it is used or old, name and password remain. */
export function CodeSignIn({ code, onSignedIn }: CodeSignInProps) {
  const [problem, setProblem] = useState<PageProblem>()
  // The code works once: React's second run of effects during development must not spend it again.
  const spent = useRef<string>(undefined)
  const spend = useEffectEvent(async () => {
    try {
      await signInByCode(code)
      await onSignedIn()
    } catch (thrown) {
      setProblem(problemOfThrown(thrown))
    }
  })
  useEffect(() => {
    if (spent.current === code) return
    spent.current = code
    void spend()
  }, [code])
  if (!problem) {
    return (
      <p className="st-row" role="status">
        <Spinner size="md" aria-hidden="true" /> Signing you in…
      </p>
    )
  }
  return (
    <>
      <ProblemAlert problem={problem} title="The sign-in link does not work" />
      <SignInForm onSignedIn={onSignedIn} />
    </>
  )
}
