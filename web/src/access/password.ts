import { limits } from '@stint/schema/limits'

/** What is wrong with a new password; the server has the same rules. */
export function passwordProblem(password: string, name: string): string | undefined {
  if (password.length < limits.passwordLengthMin)
    return `A password has at least ${limits.passwordLengthMin} characters.`
  if (password.length > limits.passwordLengthMax)
    return `A password has at most ${limits.passwordLengthMax} characters.`
  return password.toLowerCase() === name.toLowerCase() ? 'A password must not be the name.' : undefined
}
