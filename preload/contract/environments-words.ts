/** Patterns of the environments' contract that the page needs too, in a file without schemas. */

export const environmentIdPattern = /^[a-z][a-z0-9-]{0,30}$/
/** For instance `ca-central-1`. */
export const regionPattern = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/
