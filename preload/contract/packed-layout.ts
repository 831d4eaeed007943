/**
 * The layout of one packed page, little endian: u32 magic, u32 rows, u32 columns, then for each column u32 offset of its block
 * counted from the start of the buffer (a multiple of 4); a block is `rows + 1` u32 offsets into the column's text, counted
 * from the end of these offsets, followed by the UTF-8 text; the top bit of offset `i + 1` says that value `i` is NULL.
 *
 * In a file without schemas, so that the page does not carry a schema library for two numbers.
 */
export const packedMagic = 0x31505042
export const packedNull = 0x80000000
