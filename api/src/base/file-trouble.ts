const sentences: Readonly<Record<string, (path: string) => string>> = {
  ENOENT: (path) => `There is no file ${path}.`,
  EISDIR: (path) => `${path} is a folder, not a file.`,
  ENOTDIR: (path) => `There is no file ${path}: a part of its path is no folder.`,
  EACCES: (path) => `You may not read ${path}.`,
}

/** What an error of the system says about a file that was to be read, as a sentence. */
export function fileTrouble(path: string, error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException
  return sentences[code]?.(path) ?? `${path} cannot be read: ${message}`
}
