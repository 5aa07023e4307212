import { expect, type Page } from '@playwright/test'

/** Counts how often a document was loaded since it was asked to: what turned meanwhile turned live. */
export class NavigationCount {
  readonly #page: Page
  #loads = 0

  private constructor(page: Page) {
    this.#page = page
    page.on('domcontentloaded', () => {
      this.#loads += 1
    })
  }

  static async of(page: Page): Promise<NavigationCount> {
    await page.evaluate(() => document.body.setAttribute('data-e2e', 'same document'))
    return new NavigationCount(page)
  }

  async expectNone(): Promise<void> {
    expect(this.#loads, 'documents loaded meanwhile').toBe(0)
    await expect(this.#page.locator('body')).toHaveAttribute('data-e2e', 'same document')
  }
}
