import { Alert, Button, Form } from '@patternfly/react-core'
import { limits } from '@stint/schema/limits'
import { useQueryClient } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { graphql } from '../client/gql.ts'
import { useAction } from '../client/mutation.ts'
import { sessionQuery, useMe } from '../client/session.ts'
import { Field, hintId } from '../kit/form/Field.tsx'
import { PasswordInput } from '../kit/form/PasswordInput.tsx'
import { Page } from '../kit/Page.tsx'
import { ProblemAlert } from '../kit/ProblemAlert.tsx'
import { passwordProblem } from './password.ts'

const ChangePassword = graphql(`
  mutation ChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) {
      id
      passwordExpired
    }
  }
`)

/** Another password for the person who is signed in. */
export function PasswordPage() {
  const me = useMe()
  const queryClient = useQueryClient()
  const router = useRouter()
  const change = useAction(ChangePassword)
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [isLeft, setLeft] = useState(false)
  const [isDone, setDone] = useState(false)
  const rule = isLeft ? passwordProblem(next, me.name) : undefined
  const fieldProblem = (name: string) => change.problem?.fields.find((field) => field.name === name)?.message
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setLeft(true)
    if (passwordProblem(next, me.name)) return
    const { problem } = await change.run({ input: { current, next } })
    if (problem) return
    await queryClient.fetchQuery({ ...sessionQuery, staleTime: 0 })
    await router.invalidate()
    setDone(true)
    setCurrent('')
    setNext('')
    setLeft(false)
  }
  const nextProblem = rule ?? fieldProblem('next')
  return (
    <Page
      title="Change password"
      facts={
        me.passwordExpired
          ? 'Somebody else knows your password: choose one of your own.'
          : 'Other sessions of yours end; API tokens stay as they are.'
      }
    >
      <Form className="st-form" onSubmit={(event) => void submit(event)} noValidate>
        {isDone && (
          <Alert variant="success" isInline component="p" title="Your password is changed." isLiveRegion />
        )}
        {change.problem && change.problem.fields.length === 0 && <ProblemAlert problem={change.problem} />}
        <Field id="current" label="Current password" problem={fieldProblem('current')}>
          <PasswordInput
            id="current"
            value={current}
            onChange={setCurrent}
            isCurrent
            isWrong={Boolean(fieldProblem('current'))}
            describedBy={hintId('current', undefined, fieldProblem('current'))}
          />
        </Field>
        <Field
          id="next"
          label="New password"
          hint={`At least ${limits.passwordLengthMin} characters; a sentence is fine.`}
          problem={nextProblem}
        >
          <PasswordInput
            id="next"
            value={next}
            onChange={(value) => {
              setNext(value)
              setDone(false)
            }}
            onBlur={() => setLeft(next !== '')}
            isWrong={Boolean(nextProblem)}
            describedBy="next-hint"
          />
        </Field>
        <div>
          <Button
            type="submit"
            isLoading={change.isRunning}
            isDisabled={change.isRunning || !current || !next}
          >
            Change password
          </Button>
        </div>
      </Form>
    </Page>
  )
}
