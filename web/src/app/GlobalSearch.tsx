import { SearchInput } from '@patternfly/react-core'
import { useNavigate } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { paths } from '../client/paths.ts'
import { useHotkey } from '../kit/useHotkey.ts'

/** The one search box of the page; Enter opens the list of tasks that match. */
export function GlobalSearch() {
  const [text, setText] = useState('')
  const input = useRef<HTMLInputElement>(null)
  const navigate = useNavigate()
  useHotkey('/', () => input.current?.focus())
  const search = () => {
    if (!text.trim()) return
    navigate(paths.tasks({ text: text.trim() }))
    setText('')
    input.current?.blur()
  }
  return (
    <search className="st-masthead__search">
      <SearchInput
        ref={input}
        value={text}
        aria-label="Search tasks"
        placeholder="Search tasks  ( / )"
        onChange={(_event, value) => setText(value)}
        onKeyDown={(event) => event.key === 'Enter' && search()}
        onClear={() => setText('')}
      />
    </search>
  )
}
