import { expect, type Page } from '@playwright/test'

/** Collects what a page complains about; the answer checks that there was nothing. */
export function watchConsole(page: Page, expected: readonly RegExp[] = []): () => void {
  const errors: string[] = []
  const note = (text: string) => {
    if (!expected.some((pattern) => pattern.test(text))) errors.push(text)
  }
  page.on('console', (message) => message.type() === 'error' && note(message.text()))
  page.on('pageerror', (error) => note(String(error.stack ?? error)))
  return () => expect(errors, 'errors in the console of the page').toEqual([])
}
