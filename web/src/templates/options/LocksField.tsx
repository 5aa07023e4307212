import { Button } from '@patternfly/react-core'
import PlusIcon from '@patternfly/react-icons/dist/esm/icons/plus-icon'
import TimesIcon from '@patternfly/react-icons/dist/esm/icons/times-icon'
import { useRef } from 'react'
import { flushSync } from 'react-dom'
import { Field } from '../../kit/form/Field.tsx'
import { SelectField } from '../../kit/form/SelectField.tsx'
import { TextField } from '../../kit/form/TextField.tsx'
import { type LockDraft, newLock, problemsOfLock } from './options.ts'

interface LocksFieldProps {
  readonly locks: readonly LockDraft[]
  readonly problem?: string
  readonly onChange: (locks: readonly LockDraft[]) => void
}

const modes = [
  { value: 'EXCLUSIVE', label: 'Exclusive: nobody else' },
  { value: 'SHARED', label: 'Shared: with other shared ones' },
]
const conflicts = [
  { value: 'WAIT', label: 'Wait: the task stands in line' },
  { value: 'FAIL', label: 'Fail: the task is not created' },
  { value: 'COALESCE', label: 'Coalesce: the task that holds it is the answer' },
]

/** Resources that the task shall lock before it starts. */
export function LocksField({ locks, problem, onChange }: LocksFieldProps) {
  const change = (at: number, part: Partial<LockDraft>) =>
    onChange(locks.map((lock, index) => (index === at ? { ...lock, ...part } : lock)))
  const list = useRef<HTMLDivElement>(null)
  const add = () => {
    flushSync(() => onChange([...locks, newLock]))
    list.current?.querySelector<HTMLElement>('fieldset:last-of-type input')?.focus()
  }
  const remove = (at: number) => {
    flushSync(() => onChange(locks.filter((_lock, index) => index !== at)))
    list.current?.querySelector<HTMLElement>(':scope > button')?.focus()
  }
  return (
    <Field
      id="option-locks"
      label="Locks"
      hint="Resources that it holds while it runs, besides those of its template."
      problem={problem}
      isGroup
    >
      <div ref={list} className="st-list-field">
        {locks.map((lock, at) => (
          // The place in the list is all the identity a lock has.
          <OneLock
            key={at}
            no={at + 1}
            lock={lock}
            isJudged={problem !== undefined}
            onChange={(part) => change(at, part)}
            onRemove={() => remove(at)}
          />
        ))}
        <Button variant="link" isInline icon={<PlusIcon />} onClick={add}>
          Add {locks.length > 0 ? 'another lock' : 'a lock'}
        </Button>
      </div>
    </Field>
  )
}

interface OneLockProps {
  readonly no: number
  readonly lock: LockDraft
  /** Says what is wrong with it. */
  readonly isJudged: boolean
  readonly onChange: (part: Partial<LockDraft>) => void
  readonly onRemove: () => void
}

function OneLock({ no, lock, isJudged, onChange, onRemove }: OneLockProps) {
  const problems = isJudged ? problemsOfLock(lock) : {}
  const id = (name: string) => `option-lock-${no}-${name}`
  return (
    <fieldset className="st-lock" aria-label={`Lock ${no}`}>
      <TextField
        id={id('resource')}
        label="Resource"
        hint="As host/db1"
        problem={problems.resource}
        value={lock.resource}
        onChange={(resource) => onChange({ resource })}
      />
      <SelectField
        id={id('mode')}
        label="Mode"
        options={modes}
        value={lock.mode}
        onChange={(mode) => onChange({ mode: mode as LockDraft['mode'] })}
      />
      <TextField
        id={id('operation')}
        label="Operation"
        hint="Excludes only the same one, and locks on all of them."
        value={lock.operation}
        onChange={(operation) => onChange({ operation })}
        isOptional
      />
      <SelectField
        id={id('conflict')}
        label="When somebody else holds it"
        options={conflicts}
        value={lock.onConflict}
        onChange={(onConflict) => onChange({ onConflict: onConflict as LockDraft['onConflict'] })}
      />
      {lock.onConflict === 'WAIT' && (
        <TextField
          id={id('wait')}
          label="Wait at most, seconds"
          hint="The task stops when it has not got it by then. Empty: as long as it takes."
          problem={problems.waitSeconds}
          type="number"
          min={1}
          value={lock.waitSeconds}
          onChange={(waitSeconds) => onChange({ waitSeconds })}
          isOptional
        />
      )}
      <Button
        className="st-lock__remove"
        variant="plain"
        aria-label={`Remove lock ${no}`}
        icon={<TimesIcon />}
        onClick={onRemove}
      />
    </fieldset>
  )
}
