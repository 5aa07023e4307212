import { MenuToggle, type MenuToggleElement, Select, SelectList, SelectOption } from '@patternfly/react-core'
import DesktopIcon from '@patternfly/react-icons/dist/esm/icons/desktop-icon'
import MoonIcon from '@patternfly/react-icons/dist/esm/icons/moon-icon'
import SunIcon from '@patternfly/react-icons/dist/esm/icons/sun-icon'
import { type Ref, useState } from 'react'
import { inMasthead } from '../kit/menuPlace.ts'
import { setTheme, type Theme, themes, useTheme } from '../kit/theme.ts'

const icons = { system: <DesktopIcon />, light: <SunIcon />, dark: <MoonIcon /> } as const
const names: Record<Theme, string> = { system: 'As the system', light: 'Light', dark: 'Dark' }

export function ThemeMenu() {
  const theme = useTheme()
  const [isOpen, setOpen] = useState(false)
  const toggle = (ref: Ref<MenuToggleElement>) => (
    <MenuToggle
      ref={ref}
      variant="plain"
      aria-label={`Theme: ${names[theme]}`}
      isExpanded={isOpen}
      onClick={() => setOpen(!isOpen)}
      icon={icons[theme]}
    />
  )
  return (
    <Select
      className="st-menu"
      isOpen={isOpen}
      onOpenChange={setOpen}
      selected={theme}
      onSelect={(_event, value) => {
        setTheme(value as Theme)
        setOpen(false)
      }}
      toggle={toggle}
      popperProps={{ position: 'right', appendTo: inMasthead }}
    >
      <SelectList aria-label="Theme">
        {themes.map((one) => (
          <SelectOption key={one} value={one} icon={icons[one]}>
            {names[one]}
          </SelectOption>
        ))}
      </SelectList>
    </Select>
  )
}
