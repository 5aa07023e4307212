// Ends before what closes a sentence or a bracket around it.
const address = /(https?:\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?)\]}])/

/** Text cut into parts; every second one is a web address. */
export const addressParts = (text: string): readonly string[] =>
  text.includes('://') ? text.split(address) : [text]
