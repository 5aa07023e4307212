import {
  Divider,
  Dropdown,
  DropdownItem,
  DropdownList,
  MenuToggle,
  MenuToggleAction,
  type MenuToggleElement,
} from '@patternfly/react-core'
import EllipsisVIcon from '@patternfly/react-icons/dist/esm/icons/ellipsis-v-icon'
import { Fragment, type ReactNode, type Ref, useState } from 'react'
import { inMain } from './menuPlace.ts'

export interface MenuAction {
  readonly key: string
  readonly title: string
  readonly onSelect: () => void
  readonly isDangerous?: boolean
  /** Why it cannot be done now; the item is then shown disabled, with this below it. */
  readonly whyNot?: string | null
  readonly hint?: string
  /** Begins a group of its own: a line stands above it. */
  readonly isApart?: boolean
}

interface KebabProps {
  readonly label: string
  readonly actions: readonly MenuAction[]
  /** In place of the three dots. */
  readonly text?: ReactNode
  readonly variant?: 'plain' | 'secondary' | 'plainText'
  /** The usual one of several ways, as a button with the menu of the others at its end. */
  readonly split?: { readonly title: string; readonly onSelect: () => void }
  readonly isDisabled?: boolean
}

/** Actions that are not worth a button each. A disabled one says why. */
export function Kebab({ label, actions, text, variant, split, isDisabled }: KebabProps) {
  const [isOpen, setOpen] = useState(false)
  const usual = split && (
    <MenuToggleAction key="usual" isDisabled={isDisabled} onClick={split.onSelect}>
      {split.title}
    </MenuToggleAction>
  )
  const toggle = (ref: Ref<MenuToggleElement>) => (
    <MenuToggle
      ref={ref}
      variant={variant ?? (text || split ? 'secondary' : 'plain')}
      aria-label={label}
      isExpanded={isOpen}
      isDisabled={isDisabled}
      onClick={() => setOpen(!isOpen)}
      icon={text || split ? undefined : <EllipsisVIcon />}
      splitButtonItems={usual && [usual]}
    >
      {text}
    </MenuToggle>
  )
  return (
    <Dropdown
      className="st-menu"
      isOpen={isOpen}
      onOpenChange={setOpen}
      onSelect={() => setOpen(false)}
      toggle={toggle}
      popperProps={{ position: 'right', preventOverflow: true, appendTo: inMain }}
    >
      <DropdownList>
        {actions.map((action) => (
          <Fragment key={action.key}>
            {action.isApart && <Divider component="li" />}
            <DropdownItem
              isDisabled={Boolean(action.whyNot)}
              isDanger={action.isDangerous && !action.whyNot}
              description={action.whyNot ?? action.hint}
              onClick={action.onSelect}
            >
              {action.title}
            </DropdownItem>
          </Fragment>
        ))}
      </DropdownList>
    </Dropdown>
  )
}
