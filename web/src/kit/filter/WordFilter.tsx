import {
  Badge,
  MenuToggle,
  type MenuToggleElement,
  Select,
  SelectList,
  SelectOption,
} from '@patternfly/react-core'
import { type Ref, useState } from 'react'
import { inMain } from '../menuPlace.ts'

interface WordFilterProps<Word extends string> {
  readonly label: string
  readonly words: readonly Word[]
  readonly chosen: readonly Word[] | undefined
  readonly titleOf: (word: Word) => string
  readonly onChange: (chosen: readonly Word[] | undefined) => void
}

/** Some words of a closed list; none chosen means all. */
export function WordFilter<Word extends string>({
  label,
  words,
  chosen = [],
  titleOf,
  onChange,
}: WordFilterProps<Word>) {
  const [isOpen, setOpen] = useState(false)
  const flip = (word: Word) => {
    const next = words.filter((one) => (one === word ? !chosen.includes(one) : chosen.includes(one)))
    onChange(next.length > 0 ? next : undefined)
  }
  const toggle = (ref: Ref<MenuToggleElement>) => (
    <MenuToggle
      ref={ref}
      isExpanded={isOpen}
      onClick={() => setOpen(!isOpen)}
      badge={chosen.length > 0 ? <Badge isRead>{chosen.length}</Badge> : undefined}
    >
      {label}
    </MenuToggle>
  )
  return (
    <Select
      className="st-menu"
      role="menu"
      isOpen={isOpen}
      onOpenChange={setOpen}
      selected={[...chosen]}
      onSelect={(_event, word) => flip(word as Word)}
      toggle={toggle}
      popperProps={{ appendTo: inMain, preventOverflow: true }}
    >
      <SelectList aria-label={label}>
        {words.map((word) => (
          <SelectOption key={word} value={word} hasCheckbox isSelected={chosen.includes(word)}>
            {titleOf(word)}
          </SelectOption>
        ))}
      </SelectList>
    </Select>
  )
}
