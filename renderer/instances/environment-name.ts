import { environmentIdPattern } from '../../preload/contract/environments-words.ts'

/** An environment's id made of an instance's identifier: `Reporting-DB` becomes `reporting-db`. */
export function environmentIdFrom(identifier: string): string {
  return identifier
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 31)
    .replace(/-+$/, '')
}

/** What is wrong with an id, as a sentence; null where nothing is. */
export function environmentIdProblem(id: string): string | null {
  return environmentIdPattern.test(id) ? null : 'An id is a lower-case letter, then at most 30 letters, digits or hyphens.'
}
