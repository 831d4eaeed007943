import { join } from 'node:path'
import { DatabaseError } from 'pg'
import { writeDurably } from '../data/durable-file.ts'
import { readText } from '../data/text-file.ts'
import { type SignIn, withClient } from './sign-in.ts'

/** Creates the database unless the server has it. Returns whether it was created. */
export async function ensureDatabase(server: SignIn, name: string, owner: string = server.user): Promise<boolean> {
  return withClient(server, 'postgres', async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name])
    if (rowCount === 1) return false
    try {
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)} OWNER ${client.escapeIdentifier(owner)}`)
      return true
    } catch (error) {
      // Another one was quicker: duplicate_database, or unique_violation in pg_database when it was by a hair.
      if (error instanceof DatabaseError && (error.code === '42P04' || error.code === '23505')) return false
      throw error
    }
  })
}

/** Creates the database that a new server begins with. One that the user dropped later stays dropped. */
export async function ensureFirstDatabase(server: SignIn & { readonly folder: string }, name: string, owner?: string): Promise<void> {
  const marker = join(server.folder, 'first-database')
  if ((await readText(marker)) !== null) return
  await ensureDatabase(server, name, owner)
  await writeDurably(marker, `${name}\n`)
}
