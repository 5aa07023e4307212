import { Modal, ModalBody, ModalHeader } from '@patternfly/react-core'
import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { paths } from '../client/paths.ts'
import { useHotkey } from '../kit/useHotkey.ts'

const opened = 'stint-keys'

/** Opens the list of shortcuts from anywhere. */
export const showKeys = () => window.dispatchEvent(new Event(opened))

const keys: readonly [string, string][] = [
  ['/', 'Search tasks'],
  ['Ctrl K  ·  ⌘ K', 'Go to a page, a template or a recent task'],
  ['d', 'Dashboard'],
  ['t', 'Tasks'],
  ['a', 'Needs attention'],
  ['e', 'Templates'],
  ['↑ ↓', 'On a task: previous and next step'],
  ['?', 'This list'],
  ['Esc', 'Close what is open'],
]

/** The shortcuts that work on every page, and their list. */
export function Keys() {
  const [isOpen, setOpen] = useState(false)
  const navigate = useNavigate()
  useHotkey('?', () => setOpen(true))
  useHotkey('d', () => navigate(paths.home()))
  useHotkey('t', () => navigate(paths.tasks()))
  useHotkey('a', () => navigate(paths.attention()))
  useHotkey('e', () => navigate(paths.templates()))
  useEffect(() => {
    const open = () => setOpen(true)
    window.addEventListener(opened, open)
    return () => window.removeEventListener(opened, open)
  }, [])
  if (!isOpen) return null
  return (
    <Modal variant="small" isOpen onClose={() => setOpen(false)} aria-labelledby="keys-title">
      <ModalHeader title="Keyboard shortcuts" labelId="keys-title" />
      <ModalBody>
        <dl className="st-keys">
          {keys.map(([key, meaning]) => (
            <div key={key}>
              <dt>
                <kbd>{key}</kbd>
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
      </ModalBody>
    </Modal>
  )
}
