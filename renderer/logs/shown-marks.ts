/** `cruddur-post-confirmation` of `/aws/lambda/cruddur-post-confirmation`. */
export const shortGroup = (group: string): string => group.split('/').at(-1) || group

/** The last characters of a stream's name tell it from the others: `2026/11/21/[$LATEST]8f0c…`. */
export const shortStream = (stream: string): string => (stream.length > 8 ? `…${stream.slice(-6)}` : stream)
