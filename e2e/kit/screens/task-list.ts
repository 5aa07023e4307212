import { expect, type Locator, type Page } from '@playwright/test'

/** The list of tasks. */
export class TaskList {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  async open(search = ''): Promise<this> {
    await this.page.goto(`/tasks${search}`)
    await expect(this.page.getByRole('heading', { level: 1, name: 'Tasks' })).toBeVisible()
    return this
  }

  get table(): Locator {
    return this.page.getByRole('grid', { name: 'Tasks' })
  }

  row(title: string): Locator {
    return this.table
      .getByRole('row')
      .filter({ has: this.page.getByRole('link', { name: title, exact: true }) })
  }

  view(name: string): Locator {
    return this.page.getByRole('navigation', { name: 'Views' }).getByRole('link', { name })
  }

  /** The button that lets new rows in. */
  get news(): Locator {
    return this.page.getByRole('button', { name: /^\d+ new$/ })
  }

  get text(): Locator {
    return this.page.getByRole('textbox', { name: 'Find by title or label' })
  }

  /** Ticks a word of one of the filters. */
  async choose(filter: 'State' | 'Result', word: string): Promise<void> {
    await this.page.getByRole('button', { name: filter }).click()
    await this.page
      .getByRole('menuitem', { name: word })
      .or(this.page.getByRole('menuitemcheckbox', { name: word }))
      .click()
    await this.page.keyboard.press('Escape')
  }
}
