import { type Standing, standingOf } from '../../preload/contract/instances-words.ts'
import type { Tone } from '../ui/status-pill.tsx'

const tones: Readonly<Record<Standing, Tone>> = { available: 'ok', stopped: 'plain', passing: 'busy', broken: 'bad', unknown: 'plain' }

/** How a status is coloured. A word that nobody knows yet is shown as it is, without a judgement. */
export const toneOf = (status: string): Tone => tones[standingOf(status)]
