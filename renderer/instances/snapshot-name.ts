/** `cruddur-db-instance-before-stop-2026-11-21-1205`: a name that AWS takes, in UTC. */
export function snapshotName(identifier: string, occasion: string, now: Date): string {
  const at = now.toISOString().slice(0, 16).replace('T', '-').replace(':', '')
  // A snapshot's name has at most 255 characters, no two hyphens in a row and none at the end.
  const stem = identifier.toLowerCase().slice(0, 200).replace(/-+/g, '-').replace(/-$/, '')
  return `${stem}-${occasion}-${at}`
}

/** What is wrong with a snapshot's name, as a sentence; null where nothing is. */
export function snapshotNameProblem(name: string): string | null {
  if (name === '') return 'A snapshot needs a name.'
  if (name.length > 255) return 'A snapshot’s name has at most 255 characters.'
  if (!/^[A-Za-z]/.test(name)) return 'A snapshot’s name begins with a letter.'
  if (!/^[A-Za-z0-9-]+$/.test(name)) return 'A snapshot’s name has letters, digits and hyphens only.'
  if (name.includes('--') || name.endsWith('-')) return 'A snapshot’s name has no two hyphens in a row and none at its end.'
  return null
}
