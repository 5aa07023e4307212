import { SearchInput } from '@patternfly/react-core'
import { useEffect, useEffectEvent, useState } from 'react'

const patienceMs = 300

interface TextFilterProps {
  readonly label: string
  readonly text: string | undefined
  readonly onChange: (text: string | undefined) => void
}

/** Free text; asked a moment after the last key. The address stays the truth: it may also change from outside. */
export function TextFilter({ label, text = '', onChange }: TextFilterProps) {
  const [typed, setTyped] = useState(text)
  const [seen, setSeen] = useState(text)
  if (seen !== text) {
    setSeen(text)
    setTyped(text)
  }
  const change = useEffectEvent((value: string) => onChange(value.trim() || undefined))
  useEffect(() => {
    if (typed.trim() === text) return
    const timer = setTimeout(() => change(typed), patienceMs)
    return () => clearTimeout(timer)
  }, [typed, text])
  return (
    <SearchInput
      aria-label={label}
      placeholder={label}
      value={typed}
      onChange={(_event, value) => setTyped(value)}
      onClear={() => {
        setTyped('')
        onChange(undefined)
      }}
      onKeyDown={(event) => event.key === 'Enter' && onChange(typed.trim() || undefined)}
    />
  )
}
