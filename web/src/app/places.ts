import type { Permission } from '@stint/schema/words'
import type { LinkOptions } from '@tanstack/react-router'
import { paths } from '../client/paths.ts'
import { allowedEntries, deeperEntries, mainEntries, moreEntries } from './nav.ts'

/** Somewhere to go. */
export interface Place {
  readonly key: string
  readonly title: string
  readonly kind: string
  readonly link: LinkOptions
}

const shownAtOnce = 8

export const pagePlaces = (permissions: readonly Permission[]): Place[] => [
  ...allowedEntries([...mainEntries, ...moreEntries, ...deeperEntries], permissions).map((entry) => ({
    key: `page-${entry.title.replaceAll(' ', '-')}`,
    title: entry.title,
    kind: 'Page',
    link: entry.link as LinkOptions,
  })),
  { key: 'page-start', title: 'First ten minutes', kind: 'Page', link: paths.start() as LinkOptions },
  { key: 'page-password', title: 'Change password', kind: 'Page', link: paths.password() as LinkOptions },
]

export const templatePlaces = (
  templates: readonly { readonly id: string; readonly name: string; readonly canRun: boolean }[],
): Place[] =>
  templates.flatMap((template) => [
    ...(template.canRun
      ? [
          {
            key: `run-${template.name}`,
            title: `Run ${template.name}`,
            kind: 'Action',
            link: paths.run(template.name) as LinkOptions,
          },
        ]
      : []),
    {
      key: `template-${template.name}`,
      title: template.name,
      kind: 'Template',
      link: paths.template(template.name) as LinkOptions,
    },
  ])

export const taskPlaces = (tasks: readonly { readonly uuid: string; readonly title: string }[]): Place[] =>
  tasks.map((task) => ({
    key: `task-${task.uuid}`,
    title: task.title,
    kind: 'Task',
    link: paths.task(task.uuid) as LinkOptions,
  }))

/** Those whose title has every word that was typed; ones that begin with it first. */
export function findPlaces(places: readonly Place[], text: string): Place[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const found = places.filter((place) => words.every((word) => place.title.toLowerCase().includes(word)))
  const begins = (place: Place) => (place.title.toLowerCase().startsWith(words[0] ?? '') ? 0 : 1)
  return found.toSorted((one, other) => begins(one) - begins(other)).slice(0, shownAtOnce)
}
