import { Modal, ModalBody, SearchInput } from '@patternfly/react-core'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useEffect, useState } from 'react'
import { useQuery } from 'urql'
import { graphql } from '../client/gql.ts'
import { nodesOf } from '../client/nodes.ts'
import { useMe } from '../client/session.ts'
import { useHotkey } from '../kit/useHotkey.ts'
import { findPlaces, type Place, pagePlaces, taskPlaces, templatePlaces } from './places.ts'

const PaletteQuery = graphql(`
  query Palette($text: String, $withTemplates: Boolean!) {
    tasks(filter: { text: $text }, first: 8) {
      edges {
        node {
          id
          uuid
          title
          state
        }
      }
    }
    templates(first: 100) @include(if: $withTemplates) {
      edges {
        node {
          id
          name
          canRun
        }
      }
    }
  }
`)

const opened = 'stint-palette'

/** Opens it from anywhere: a phone has no keys for it. */
export const showPalette = () => window.dispatchEvent(new Event(opened))

/** Ctrl K: go to a page, a template or a recent task by typing a part of its name. */
export function Palette() {
  const [isOpen, setOpen] = useState(false)
  useHotkey('mod+k', () => setOpen(true))
  useEffect(() => {
    const open = () => setOpen(true)
    window.addEventListener(opened, open)
    return () => window.removeEventListener(opened, open)
  }, [])
  if (!isOpen) return null
  return (
    <Modal
      variant="small"
      isOpen
      onClose={() => setOpen(false)}
      aria-label="Go to"
      position="top"
      elementToFocus="#palette-text"
    >
      <ModalBody>
        <Finder onClose={() => setOpen(false)} />
      </ModalBody>
    </Modal>
  )
}

function usePlaces(text: string): readonly Place[] {
  const { permissions } = useMe()
  const withTemplates = permissions.includes('template.view')
  const [{ data }] = useQuery({
    query: PaletteQuery,
    variables: { text: text.trim() || undefined, withTemplates },
    pause: !permissions.includes('task.view'),
  })
  const found = findPlaces([...pagePlaces(permissions), ...templatePlaces(nodesOf(data?.templates))], text)
  return [...found, ...taskPlaces(nodesOf(data?.tasks))]
}

function Finder({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const navigate = useNavigate()
  const places = usePlaces(text)
  const current = places[Math.min(at, places.length - 1)]
  // Arrows reach what the list has scrolled away.
  useEffect(() => {
    if (current) document.getElementById(`place-${current.key}`)?.scrollIntoView({ block: 'nearest' })
  }, [current])
  const go = (place: Place | undefined) => {
    if (!place) return
    onClose()
    navigate(place.link)
  }
  const press = (event: KeyboardEvent) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (event.key === 'Enter') go(current)
    if (by === 0) return
    event.preventDefault()
    setAt((places.length + Math.min(at, places.length - 1) + by) % Math.max(1, places.length))
  }
  return (
    <div className="st-stack">
      <SearchInput
        searchInputId="palette-text"
        aria-label="Go to"
        placeholder="A page, a template, a task…"
        value={text}
        onChange={(_event, value) => {
          setText(value)
          setAt(0)
        }}
        onKeyDown={press}
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-places"
        aria-activedescendant={current && `place-${current.key}`}
      />
      <div id="palette-places" role="listbox" aria-label="Places" className="st-palette">
        {places.map((place) => (
          // The keyboard works on the field above: arrows choose, Enter goes.
          <div
            key={place.key}
            id={`place-${place.key}`}
            role="option"
            tabIndex={-1}
            aria-selected={place === current}
            className="st-palette__place"
            onClick={() => go(place)}
            onKeyDown={press}
          >
            <span className="st-ellipsis">{place.title}</span>
            <span className="st-quiet st-small">{place.kind}</span>
          </div>
        ))}
      </div>
      {places.length === 0 && <p className="st-quiet">Nothing of that name.</p>}
    </div>
  )
}
