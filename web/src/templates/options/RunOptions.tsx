import './options.css'
import { ExpandableSection } from '@patternfly/react-core'
import type { ReactNode } from 'react'
import { AreaField } from '../../kit/form/AreaField.tsx'
import { ListField } from '../../kit/form/ListField.tsx'
import { TextField } from '../../kit/form/TextField.tsx'
import { zoneName } from '../../kit/time.ts'
import { LocksField } from './LocksField.tsx'
import type { OptionName, OptionsDraft } from './options.ts'
import type { OptionsForm } from './useOptionsForm.ts'

interface RunOptionsProps {
  readonly form: OptionsForm
  /** Whoever could approve the tasks of a template may say who else does. */
  readonly mayNameResolvers: boolean
}

/** When it runs, who has to do with it, and what it works on: closed, because most tasks need none of it. */
export function RunOptions({ form, mayNameResolvers }: RunOptionsProps) {
  const { isOpen, setOpen, count } = form
  return (
    <ExpandableSection
      className="st-options"
      toggleText={count > 0 ? `Options, ${count} set` : 'Options'}
      isExpanded={isOpen}
      onToggle={(_event, next) => setOpen(next)}
    >
      <p className="st-quiet">When it runs, who has to do with it, what it locks. Nothing here is needed.</p>
      <When form={form} />
      <People form={form} mayNameResolvers={mayNameResolvers} />
      <Group title="Resources">
        <LocksField
          locks={form.draft.locks}
          problem={form.problemOf('locks')}
          onChange={(locks) => form.change('locks', locks)}
        />
        <Lines
          form={form}
          name="links"
          label="Links"
          hint="Resources it refers to, as rack/r1, without locking them."
        />
      </Group>
      <Group title="Record">
        <Lines form={form} name="tags" label="Tags" hint="As env=prod, besides those of the template." />
        <AreaField
          {...fieldOf(form, 'comment')}
          label="Comment"
          hint="Stands first on its record."
          rows={2}
          value={form.draft.comment}
          onChange={(comment) => form.change('comment', comment)}
        />
      </Group>
    </ExpandableSection>
  )
}

function When({ form }: { form: OptionsForm }) {
  const line = (name: 'priority' | 'region' | 'startAt' | 'startBefore') => ({
    ...fieldOf(form, name),
    value: form.draft[name],
    onChange: (value: string) => form.change(name, value),
  })
  return (
    <Group title="When and where">
      <div className="st-options__pair">
        <TextField
          {...line('startAt')}
          label="Start at"
          type="datetime-local"
          hint={`In your time zone, ${zoneName()}. Empty: at once.`}
        />
        <TextField
          {...line('startBefore')}
          label="Start before"
          type="datetime-local"
          hint="What has not started by then never does."
        />
        <TextField
          {...line('priority')}
          label="Priority"
          type="number"
          min={-1000}
          max={1000}
          step={1}
          hint="A higher number starts sooner, -1000 to 1000. Empty: 0."
        />
        <TextField {...line('region')} label="Region" hint="Only executors of this region run it." />
      </div>
      <Lines
        form={form}
        name="dependsOn"
        label="Depends on"
        hint="Ids of tasks that must stop first. Should one fail, it does not start."
      />
    </Group>
  )
}

function People({ form, mayNameResolvers }: RunOptionsProps) {
  return (
    <Group title="People">
      <div className="st-options__pair">
        <Lines form={form} name="watchers" label="Watchers" hint="May look at it." />
        <Lines form={form} name="watcherGroups" label="Groups of watchers" />
        {mayNameResolvers && (
          <>
            <Lines
              form={form}
              name="resolvers"
              label="Resolvers"
              hint="May approve it, command it and answer what it asks."
            />
            <Lines form={form} name="resolverGroups" label="Groups of resolvers" />
          </>
        )}
      </div>
      {!mayNameResolvers && (
        <p className="st-quiet st-small">
          Who resolves it is up to its template: only those who may approve its tasks can name others.
        </p>
      )}
    </Group>
  )
}

const fieldOf = (form: OptionsForm, name: OptionName) => ({
  id: `option-${name}`,
  problem: form.problemOf(name),
})

/** Those of the options that are lists of words. */
type ListName = {
  [Name in OptionName]: OptionsDraft[Name] extends readonly string[] ? Name : never
}[OptionName]

interface LinesProps {
  readonly form: OptionsForm
  readonly name: ListName
  readonly label: string
  readonly hint?: string
}

function Lines({ form, name, label, hint }: LinesProps) {
  return (
    <ListField
      {...fieldOf(form, name)}
      label={label}
      hint={hint}
      values={form.draft[name]}
      onChange={(values) => form.change(name, values)}
    />
  )
}

function Group({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="st-options__group" aria-label={title}>
      <h2 className="st-options__title">{title}</h2>
      {children}
    </section>
  )
}
