import { Failure } from '../../preload/contract/errors.ts'

/** A part that AWS was asked for: what it said, or why it is not known. */
export type Part<T> = { readonly known: true; readonly value: T } | { readonly known: false; readonly reason: string }

export const knownPart = <T>(value: T): Part<T> => ({ known: true, value })
export const unknownPart = (reason: string): Part<never> => ({ known: false, reason })

/** Asks for one part of a whole. A refusal of AWS leaves the part unknown with its reason; a cancelled call and a defect go on upwards. */
export async function partOf<T>(asked: Promise<T>): Promise<Part<T>> {
  try {
    return knownPart(await asked)
  } catch (error) {
    if (error instanceof Failure && error.code !== 'CANCELLED') return unknownPart(error.message)
    throw error
  }
}
