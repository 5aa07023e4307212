import { expect, type Locator, type Page } from '@playwright/test'

/** The page of one task, by what people read on it. */
export class TaskPage {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  async open(task: { readonly uuid: string }, search = ''): Promise<this> {
    await this.page.goto(`/tasks/${task.uuid}${search}`)
    return this
  }

  get header(): Locator {
    return this.page.locator('header').filter({ has: this.page.getByRole('heading', { level: 1 }) })
  }

  get progress(): Locator {
    return this.page.getByRole('progressbar', { name: 'Progress' })
  }

  get steps(): Locator {
    return this.page.getByRole('list', { name: 'Steps' }).getByRole('listitem')
  }

  step(name: string): Locator {
    return this.steps.filter({ has: this.page.getByText(name, { exact: true }) })
  }

  /** The heading of the block that says what went wrong, before everything else. */
  get failure(): Locator {
    return this.page.getByRole('heading', { level: 2, name: /failed|was interrupted/ })
  }

  /** The quick answer to an interrupted step. */
  get runAgain(): Locator {
    return this.page.getByRole('button', { name: /^(Run again|Retry step)$/ })
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog')
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }

  /** Something of the menu beside the title. */
  async choose(name: string): Promise<void> {
    await this.button('More actions').click()
    await this.page.getByRole('menuitem', { name, exact: true }).click()
  }

  tab(name: string): Locator {
    return this.page.getByRole('navigation', { name: 'Details of the task' }).getByRole('link', { name })
  }

  /** A step by the word of its state: `Done`, `Running`, `To do`. */
  async expectStep(name: string, word: string): Promise<void> {
    await expect(this.step(name)).toContainText(word)
  }

  async expectState(word: string): Promise<void> {
    await expect(this.header).toContainText(word)
  }
}
