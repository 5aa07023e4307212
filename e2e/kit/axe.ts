import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What keeps somebody from using the page as it stands: nothing, or each rule with the places that break it. */
export async function expectAccessible(page: Page, what: string, rules?: readonly string[]): Promise<void> {
  // Without a second page to put the results of frames together: we have none, and it takes half of the time.
  const builder = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
  const axe = rules === undefined ? builder.withTags(tags) : builder.withRules([...rules])
  const { violations } = await axe.analyze()
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}\n  ${html.slice(0, 300)}\n  ${failureSummary}`),
  )
  expect.soft(found, `axe: ${what}`).toEqual([])
}
