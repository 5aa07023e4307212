import './sign-in.css'
import { useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { sessionQuery } from '../client/session.ts'
import { Mark } from '../kit/Mark.tsx'
import { CodeSignIn } from './CodeSignIn.tsx'
import { SignInForm } from './SignInForm.tsx'

const route = getRouteApi('/sign-in')

/** Who are you? By name and password, or by the single-use code of a sign-in link. */
export function SignInPage() {
  const { code, next } = route.useSearch()
  const queryClient = useQueryClient()
  const router = useRouter()
  const enter = async () => {
    await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 })
    router.history.replace(next ?? '/')
  }
  return (
    <main className="st-sign-in">
      <title>Sign in · Stint</title>
      <div className="st-sign-in__card">
        <h1 className="st-sign-in__title">
          <Mark size={36} />
          <span className="pf-v6-screen-reader">Sign in to Stint</span>
        </h1>
        {code ? <CodeSignIn code={code} onSignedIn={enter} /> : <SignInForm onSignedIn={enter} />}
      </div>
      <p className="st-sign-in__foot">
        Run, watch, debug and audit every long-running task of your infrastructure.
      </p>
    </main>
  )
}
