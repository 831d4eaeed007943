import * as z from 'zod'

/** A column of a result: its name as the server wrote it, its type by OID and by name (`numeric(10,2)`, `text[]`). */
export const column = z.object({ name: z.string(), typeOid: z.int(), type: z.string() })
export type Column = z.infer<typeof column>

/**
 * Where the bytes of one packed page are fetched, once. Rows do not cross the line as values:
 * the page fetches `/pages/ADDRESS`, keeps the bytes and decodes the cells in view.
 * Their layout is that of `packed-layout.ts`.
 */
export const pageAddress = z.object({ address: z.string(), rows: z.int(), bytes: z.int() })
export type PageAddress = z.infer<typeof pageAddress>

export { packedMagic, packedNull } from './packed-layout.ts'
