/** JSON as somebody typed it; nothing typed is no value. */
export function parseOutput(text: string): { value?: unknown; error?: string } {
  if (text.trim() === '') return { value: undefined }
  try {
    return { value: JSON.parse(text) as unknown }
  } catch (thrown) {
    return { error: `This is not JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}` }
  }
}
