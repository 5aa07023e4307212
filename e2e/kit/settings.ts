import type { Api } from './api.ts'

const update = /* GraphQL */ `
  mutation Update($input: UpdateSettingInput!) {
    updateSetting(input: $input) { name }
  }
`

/** Unlock and its kind are switched off as shipped. */
export async function allowDangerousActions(api: Api): Promise<void> {
  await api.ask(update, { input: { name: 'allow_dangerous_actions', value: true } })
}
