import { FormSelect, FormSelectOption } from '@patternfly/react-core'
import { useNavigate } from '@tanstack/react-router'
import { paths } from '../client/paths.ts'

const listed = 50

interface VersionPickerProps {
  readonly template: { readonly name: string; readonly version: number; readonly isLatest: boolean }
  readonly newest: number | undefined
}

/** Which version is looked at. Versions never change; tasks keep the one they began with. */
export function VersionPicker({ template, newest = template.version }: VersionPickerProps) {
  const navigate = useNavigate()
  if (newest === 1) return <span>Version 1</span>
  const versions = Array.from({ length: Math.min(newest, listed) }, (_, at) => newest - at)
  return (
    <span className="st-version">
      <FormSelect
        aria-label="Version"
        value={String(template.version)}
        onChange={(_event, value) => {
          const version = Number(value) === newest ? undefined : Number(value)
          navigate({ ...paths.template(template.name, { version }), replace: true })
        }}
      >
        {versions.map((version) => (
          <FormSelectOption
            key={version}
            value={String(version)}
            label={version === newest ? `Version ${version}, the newest` : `Version ${version}`}
          />
        ))}
      </FormSelect>
    </span>
  )
}
