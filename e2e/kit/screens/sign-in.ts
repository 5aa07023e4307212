import type { Locator, Page } from '@playwright/test'

/** The form for name and password, on its own page or over another. */
export class SignInForm {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  get form(): Locator {
    return this.page.getByRole('form', { name: 'Sign in' })
  }

  async enter(name: string | undefined, password: string): Promise<void> {
    if (name !== undefined) await this.form.getByLabel('Name').fill(name)
    await this.form.getByLabel('Password', { exact: true }).fill(password)
    await this.form.getByRole('button', { name: 'Sign in' }).click()
  }
}
