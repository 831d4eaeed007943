import * as z from 'zod'

/** A column of a result: its name as the server wrote it, its type by OID and by name (`numeric(10,2)`, `text[]`). */
export const column = z.object({ name: z.string(), typeOid: z.int(), type: z.string() })
export type Column = z.infer<typeof column>

/**
 * Where the bytes of one packed page are fetched, once. Rows do not cross the line as values:
 * the page fetches `/pages/ADDRESS`, keeps the bytes and decodes the cells in view.
 *
 * Layout, little endian: u32 magic `0x31505042`, u32 rows, u32 columns, then for each column u32 offset of its block
 * counted from the start of the buffer (a multiple of 4); a block is `rows + 1` u32 offsets into the column's text, counted
 * from the end of these offsets, followed by the UTF-8 text; the top bit of offset `i + 1` says that value `i` is NULL.
 */
export const pageAddress = z.object({ address: z.string(), rows: z.int(), bytes: z.int() })
export type PageAddress = z.infer<typeof pageAddress>

export const packedMagic = 0x31505042
export const packedNull = 0x80000000
